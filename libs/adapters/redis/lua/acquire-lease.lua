-- Takes a partition's lease when nobody holds it.
-- KEYS    1 lease (hash: owner, epoch, until [server ms], offset, commit, chunk)
-- ARGV    1 owner  2 lease in ms
-- Output  the new epoch, or false while somebody holds the lease
-- The epoch grows with every owner. It is at least the server's time in
-- microseconds, so it also grows over a total loss of data.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local held = redis.call('HMGET', KEYS[1], 'epoch', 'until')
if held[2] and tonumber(held[2]) > now then return false end
local micros = tonumber(time[1]) * 1000000 + tonumber(time[2])
local epoch = string.format('%.0f', math.max(tonumber(held[1] or 0) + 1, micros))
redis.call('HSET', KEYS[1], 'owner', ARGV[1], 'epoch', epoch, 'until', string.format('%.0f', now + tonumber(ARGV[2])))
return epoch
