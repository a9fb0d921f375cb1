-- Drops keys of a partition, and what is known of how far it has come.
-- KEYS    1 lease  then those to drop
-- ARGV    1 epoch
-- Output  'reset', or 'fenced' when the lease is not held any more
-- Nothing is committed or claimed until the partition is resumed.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local held = redis.call('HMGET', KEYS[1], 'epoch', 'until', 'history')
if held[1] ~= ARGV[1] or tonumber(held[2]) <= now or held[3] ~= history then return 'fenced' end
redis.call('HDEL', KEYS[1], 'timeline', 'turn', 'offset', 'resumed', 'since', 'commit', 'chunk')
for i = 2, #KEYS do redis.call('UNLINK', KEYS[i]) end
return 'reset'
