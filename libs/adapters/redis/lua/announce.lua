-- Notes announcements that hold for a while, and tells all that hold.
-- KEYS    1 hash: name -> 'since:until:description'
-- ARGV    1 ms for which an announcement holds  2 since: of two with the same name, the one that begins later is better
--         then per announcement: name, description
-- Output  name, 'since:until:description' ... of all that hold
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local upto = string.format('%.0f', now + tonumber(ARGV[1]))
for i = 3, #ARGV, 2 do
  local known = redis.call('HGET', KEYS[1], ARGV[i])
  local since, last = string.match(known or '', '^(%d+):(%d+):')
  if not since or tonumber(last) <= now or tonumber(since) <= tonumber(ARGV[2]) then
    redis.call('HSET', KEYS[1], ARGV[i], ARGV[2] .. ':' .. upto .. ':' .. ARGV[i + 1])
  end
end
local found = {}
local all = redis.call('HGETALL', KEYS[1])
for i = 1, #all, 2 do
  local last = string.match(all[i + 1], '^%d+:(%d+):')
  if last and tonumber(last) > now then
    found[#found + 1] = all[i]
    found[#found + 1] = all[i + 1]
  else
    redis.call('HDEL', KEYS[1], all[i])
  end
end
return found
