-- Delivers outcomes to a partition and ends their claims.
-- KEYS    1 inbound  2 depths  then for each queue: stream, settled marks
-- ARGV    1 group  2 number of inbound entries  then their commands (JSON arrays)
--         then per packet: queue index, queue name, entry id, tasks in the packet, tasks settled, their positions
-- Output  how many packets are complete
-- Outcomes are delivered even when the claim is gone: the decider keeps the first one of an attempt. A packet is
-- acked and deleted with the last of its outcomes.
local group, inbound = ARGV[1], tonumber(ARGV[2])
for i = 1, inbound do redis.call('XADD', KEYS[1], '*', 'c', ARGV[2 + i]) end

local complete = 0
local argument = 3 + inbound
while argument <= #ARGV do
  local index, queue, id = tonumber(ARGV[argument]), ARGV[argument + 1], ARGV[argument + 2]
  local size, count = tonumber(ARGV[argument + 3]), tonumber(ARGV[argument + 4])
  local stream, settled = KEYS[1 + 2 * index], KEYS[2 + 2 * index]
  local marks = redis.call('HGET', settled, id)
  local open = size
  if marks then open = select(2, string.gsub(marks, '0', '0')) end
  local left = open
  if marks or count < size then
    local mark = {}
    for i = 1, size do mark[i] = marks and string.sub(marks, i, i) or '0' end
    for i = 1, count do
      local position = tonumber(ARGV[argument + 4 + i])
      if mark[position] == '0' then left = left - 1 end
      mark[position] = '1'
    end
    if left > 0 then
      -- Marks of a packet that was taken away would never be removed.
      local pending = redis.pcall('XPENDING', stream, group, id, id, 1)
      if not pending.err and #pending > 0 then
        redis.call('HSET', settled, id, table.concat(mark))
        if open > left then redis.call('HINCRBY', KEYS[2], queue, left - open) end
      end
    end
  else
    left = 0
  end
  if left == 0 and redis.call('XACK', stream, group, id) == 1 then
    redis.call('XDEL', stream, id)
    if size > 1 or marks then redis.call('HDEL', settled, id, id .. ':missed', id .. ':begun') end
    redis.call('HINCRBY', KEYS[2], queue, -open)
    complete = complete + 1
  end
  argument = argument + 5 + count
end
return complete
