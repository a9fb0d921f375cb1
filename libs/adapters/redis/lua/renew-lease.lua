-- Keeps a lease, or ends it.
-- KEYS    1 lease
-- ARGV    1 owner  2 epoch  3 lease in ms from now; 0 releases it
-- Output  1 when it was still the owner's, otherwise 0 and nothing is changed
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local held = redis.call('HMGET', KEYS[1], 'owner', 'epoch', 'until', 'history')
if held[1] ~= ARGV[1] or held[2] ~= ARGV[2] or tonumber(held[3]) <= now or held[4] ~= history then return 0 end
local extension = tonumber(ARGV[3])
local lapses = 0
if extension > 0 then lapses = now + extension end
redis.call('HSET', KEYS[1], 'until', string.format('%.0f', lapses))
return 1
