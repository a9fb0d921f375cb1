-- Keeps a worker's claims for another lease.
-- KEYS    for each queue: stream, settled marks
-- ARGV    1 group  2 worker  then per packet: queue index, entry id, tasks, their positions
-- Output  for each packet, in order: the positions that are not this worker's any more
local lost = {}
local argument = 3
while argument <= #ARGV do
  local index, id, count = tonumber(ARGV[argument]), ARGV[argument + 1], tonumber(ARGV[argument + 2])
  local stream, settled = KEYS[2 * index - 1], KEYS[2 * index]
  local pending = redis.pcall('XPENDING', stream, ARGV[1], id, id, 1, ARGV[2])
  local isHeld = not pending.err and #pending > 0
  local marks = isHeld and redis.call('HGET', settled, id)
  local gone = {}
  for i = 1, count do
    local position = tonumber(ARGV[argument + 2 + i])
    if not isHeld or (marks and string.sub(marks, position, position) == '1') then gone[#gone + 1] = position end
  end
  if isHeld then redis.call('XCLAIM', stream, ARGV[1], ARGV[2], 0, id, 'JUSTID') end
  lost[#lost + 1] = gone
  argument = argument + 3 + count
end
return lost
