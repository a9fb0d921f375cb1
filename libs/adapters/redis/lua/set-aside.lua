-- Moves an entry that nobody can read to the stream of malformed entries, for a person to look at.
-- KEYS    1 stream  2 malformed  3 settled marks or the stream again  4 depths or the stream again
-- ARGV    1 group, or '' when the stream has none  2 entry id  3 why  4 queue, or ''
-- Output  1 when it was set aside, 0 when it was gone already
local entry = redis.call('XRANGE', KEYS[1], ARGV[2], ARGV[2])[1]
if not entry then return 0 end
redis.call('XADD', KEYS[2], '*', 'stream', KEYS[1], 'entry', ARGV[2], 'reason', ARGV[3], unpack(entry[2]))
local open = #entry[2] / 2
if ARGV[1] ~= '' then redis.call('XACK', KEYS[1], ARGV[1], ARGV[2]) end
redis.call('XDEL', KEYS[1], ARGV[2])
if ARGV[4] ~= '' then
  local marks = redis.call('HGET', KEYS[3], ARGV[2])
  if marks then open = select(2, string.gsub(marks, '0', '0')) end
  redis.call('HDEL', KEYS[3], ARGV[2], ARGV[2] .. ':missed', ARGV[2] .. ':begun')
  redis.call('HINCRBY', KEYS[4], ARGV[4], -open)
end
return 1
