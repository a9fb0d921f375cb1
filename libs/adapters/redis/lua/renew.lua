-- Keeps a worker's claims for another lease.
-- KEYS    for each queue: stream, settled marks
-- ARGV    1 group  2 worker  then per packet: queue index, entry id, tasks in the packet, tasks kept, their positions
-- Output  for each packet, in order: the positions that are not this worker's any more
-- Redis knows how long a packet was not heard of. For tasks that are left out while others of their packet are kept,
-- the field `id:missed` of the marks says which and since when. A packet that has it has settled marks too, so that
-- settling, which looks at those anyway, need not look for it.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local lost = {}
local argument = 3
while argument <= #ARGV do
  local index, id = tonumber(ARGV[argument]), ARGV[argument + 1]
  local size, count = tonumber(ARGV[argument + 2]), tonumber(ARGV[argument + 3])
  local stream, settled = KEYS[2 * index - 1], KEYS[2 * index]
  local pending = redis.pcall('XPENDING', stream, ARGV[1], id, id, 1, ARGV[2])
  local isHeld = not pending.err and #pending > 0
  local marks = isHeld and redis.call('HGET', settled, id) or string.rep('0', size)
  local gone, kept = {}, {}
  for i = 1, count do
    local position = tonumber(ARGV[argument + 3 + i])
    if not isHeld or string.sub(marks, position, position) == '1' then gone[#gone + 1] = position end
    kept[position] = true
  end
  if isHeld then
    local missed, any = {}, false
    for i = 1, size do
      local isMissed = string.sub(marks, i, i) == '0' and not kept[i]
      missed[i] = isMissed and '1' or '0'
      any = any or isMissed
    end
    if any then
      local before = redis.call('HGET', settled, id .. ':missed')
      local since = before and string.match(before, '^%d+') or string.format('%.0f', now - pending[1][3])
      redis.call('HSET', settled, id, marks, id .. ':missed', since .. ':' .. table.concat(missed))
    else
      redis.call('HDEL', settled, id .. ':missed')
    end
    redis.call('XCLAIM', stream, ARGV[1], ARGV[2], 0, id, 'JUSTID')
  end
  lost[#lost + 1] = gone
  argument = argument + 4 + count
end
return lost
