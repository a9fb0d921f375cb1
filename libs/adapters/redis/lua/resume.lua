-- Lets a partition go on: its owner has made sure that the data is what it should be.
-- KEYS    1 lease
-- ARGV    1 epoch  2 the turn after which it goes on
-- Output  'resumed', or 'fenced' when the lease is not held any more
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local held = redis.call('HMGET', KEYS[1], 'epoch', 'until', 'history')
if held[1] ~= ARGV[1] or tonumber(held[2]) <= now or held[3] ~= history then return 'fenced' end
local since = string.format('%.0f', now)
redis.call('HSET', KEYS[1], 'timeline', ARGV[1], 'turn', ARGV[2], 'resumed', history, 'since', since)
redis.call('HDEL', KEYS[1], 'commit', 'chunk')
return 'resumed'
