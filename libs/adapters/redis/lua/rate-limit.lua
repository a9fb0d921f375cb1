-- Sliding window: at most `limit` calls in any span of the window. Exact: every allowed call is remembered.
-- KEYS    1 calls (sorted set of server times in microseconds)
-- ARGV    1 limit  2 window in ms  3 a name for this call
-- Output  {allowed 0/1, remaining, ms until one more is allowed or the window is empty}
local limit, window = tonumber(ARGV[1]), tonumber(ARGV[2])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000000 + tonumber(time[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.0f', now - window * 1000))
local used = redis.call('ZCARD', KEYS[1])
if used < limit then
  redis.call('ZADD', KEYS[1], string.format('%.0f', now), ARGV[3])
  redis.call('PEXPIRE', KEYS[1], window)
  return { 1, limit - used - 1, window }
end
if limit <= 0 then return { 0, 0, window } end
local awaited = redis.call('ZRANGE', KEYS[1], used - limit, used - limit, 'WITHSCORES')
return { 0, 0, math.ceil((tonumber(awaited[2]) + window * 1000 - now) / 1000) }
