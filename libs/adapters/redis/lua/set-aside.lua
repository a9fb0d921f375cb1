-- Moves an entry that nobody can read to the stream of malformed entries, for a person to look at.
-- KEYS    1 stream  2 malformed
-- ARGV    1 entry id  2 why
-- Output  1 when it was set aside, 0 when it was gone already
local entry = redis.call('XRANGE', KEYS[1], ARGV[1], ARGV[1])[1]
if not entry then return 0 end
redis.call('XADD', KEYS[2], '*', 'stream', KEYS[1], 'entry', ARGV[1], 'reason', ARGV[2], unpack(entry[2]))
redis.call('XDEL', KEYS[1], ARGV[1])
return 1
