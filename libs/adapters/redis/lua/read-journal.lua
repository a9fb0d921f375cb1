-- The elements of a hot journal that have events after a position, found from the end.
-- KEYS    1 journal
-- ARGV    1 the last seq that is known
-- Output  elements 'first:last:kind:events' in order, or false when there is no journal
local length = redis.call('LLEN', KEYS[1])
if length == 0 then return false end
local after = tonumber(ARGV[1])
local from, step = length, 16
while from > 0 do
  local start = math.max(0, from - step)
  local first = redis.call('LINDEX', KEYS[1], start)
  from, step = start, step * 2
  if tonumber(string.match(first, '^%d+:(%d+):')) <= after then break end
end
local found = {}
for _, element in ipairs(redis.call('LRANGE', KEYS[1], from, -1)) do
  if tonumber(string.match(element, '^%d+:(%d+):')) > after then found[#found + 1] = element end
end
return found
