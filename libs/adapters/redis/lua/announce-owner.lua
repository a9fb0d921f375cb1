-- Marks an owner of partitions as living, or takes it off the list.
-- KEYS    1 owners (sorted set by the server's ms until which they count as living)
-- ARGV    1 owner  2 ms from now; 0 takes it off
-- Output  the living owners
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local extension = tonumber(ARGV[2])
if extension > 0 then
  redis.call('ZADD', KEYS[1], string.format('%.0f', now + extension), ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now))
return redis.call('ZRANGE', KEYS[1], 0, -1)
