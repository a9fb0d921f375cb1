-- Marks that tasks of a worker begin, so that whoever takes them away from it can tell.
-- KEYS    for each queue: stream, settled marks
-- ARGV    1 group  2 worker  then per packet: queue index, entry id, tasks in the packet, tasks to mark, their positions
-- Output  for each packet, in order: the positions that are not this worker's any more; these are not marked
-- The field `id:begun` of the marks has one mark per task of the packet. A packet that has it has settled marks too, so
-- that settling, which looks at those anyway, need not look for it.
local lost = {}
local argument = 3
while argument <= #ARGV do
  local index, id = tonumber(ARGV[argument]), ARGV[argument + 1]
  local size, count = tonumber(ARGV[argument + 2]), tonumber(ARGV[argument + 3])
  local stream, settled = KEYS[2 * index - 1], KEYS[2 * index]
  local pending = redis.pcall('XPENDING', stream, ARGV[1], id, id, 1, ARGV[2])
  local isHeld = not pending.err and #pending > 0
  local marks = redis.call('HGET', settled, id) or string.rep('0', size)
  local before = redis.call('HGET', settled, id .. ':begun')
  local begun, gone = {}, {}
  for i = 1, size do begun[i] = before and string.sub(before, i, i) or '0' end
  for i = 1, count do
    local position = tonumber(ARGV[argument + 3 + i])
    if isHeld and string.sub(marks, position, position) == '0' then
      begun[position] = '1'
    else
      gone[#gone + 1] = position
    end
  end
  if #gone < count then redis.call('HSET', settled, id, marks, id .. ':begun', table.concat(begun)) end
  lost[#lost + 1] = gone
  argument = argument + 4 + count
end
return lost
