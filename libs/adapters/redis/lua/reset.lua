-- Drops keys of a partition, and what is known of how far it has come.
-- KEYS    1 lease  then those to drop
-- ARGV    1 epoch  2 '' while there are more to drop, 'end' with the last of them
-- Output  'reset', or 'fenced' when the lease is not held any more
-- Nothing is committed, claimed or settled until the partition is resumed. Whoever finds the timeline -1 knows that
-- somebody did not get to the end.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local held = redis.call('HMGET', KEYS[1], 'epoch', 'until', 'history')
if held[1] ~= ARGV[1] or tonumber(held[2]) <= now or held[3] ~= history then return 'fenced' end
redis.call('HSET', KEYS[1], 'timeline', '-1')
redis.call('HDEL', KEYS[1], 'turn', 'offset', 'resumed', 'since', 'commit', 'chunk')
for i = 2, #KEYS do redis.call('UNLINK', KEYS[i]) end
if ARGV[2] == 'end' then redis.call('HDEL', KEYS[1], 'timeline') end
return 'reset'
