-- Takes a partition's lease when nobody else holds it.
-- KEYS    1 lease (hash: owner, epoch, until [server ms], history)
-- ARGV    1 owner  2 lease in ms  3 the epoch will be greater than this
-- Output  the new epoch, or false while somebody else holds the lease
-- A lease is worth nothing in another history of the data than that in which it was given: after a restart or a failover.
-- The epoch grows with every owner. It is at least the server's time in microseconds, so it also grows over a total
-- loss of data.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local held = redis.call('HMGET', KEYS[1], 'owner', 'epoch', 'until', 'history')
local isHeld = held[4] == history and tonumber(held[3]) > now
if isHeld and held[1] ~= ARGV[1] then return false end
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
local epoch = string.format('%.0f', math.max(tonumber(held[2] or 0) + 1, micros, tonumber(ARGV[3]) + 1))
local lapses = string.format('%.0f', now + tonumber(ARGV[2]))
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'epoch', epoch, 'until', lapses, 'history', history)
return epoch
