-- How many tasks of each queue of a partition wait and how many are in work.
-- KEYS    1 depths  then for each queue: stream, settled marks
-- ARGV    1 group  2 pending packets to look into, per queue  then the name of each queue
-- Output  per queue: tasks in all, tasks in work, ms since the first waiting entry came (-1: none waits)
-- With more pending packets than it looks into, the number in work is projected from those.
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local depths = {}

local function waitingSince(stream)
  local delivered = '-'
  local groups = redis.pcall('XINFO', 'GROUPS', stream)
  for _, info in ipairs(groups.err and {} or groups) do
    local group = {}
    for i = 1, #info, 2 do group[info[i]] = info[i + 1] end
    if group.name == ARGV[1] then delivered = '(' .. group['last-delivered-id'] end
  end
  local first = redis.call('XRANGE', stream, delivered, '+', 'COUNT', 1)[1]
  return first and tonumber(string.match(first[1], '^%d+'))
end

for q = 1, #ARGV - 2 do
  local stream, settled = KEYS[2 * q], KEYS[1 + 2 * q]
  local total = tonumber(redis.call('HGET', KEYS[1], ARGV[2 + q]) or 0)
  local claimed = 0
  local summary = redis.pcall('XPENDING', stream, ARGV[1])
  local entries = summary.err and 0 or summary[1]
  if entries > 0 then
    local looked = redis.call('XPENDING', stream, ARGV[1], '-', '+', ARGV[2])
    for _, claim in ipairs(looked) do
      local entry = redis.call('XRANGE', stream, claim[1], claim[1])[1]
      local marks = redis.call('HGET', settled, claim[1])
      local open = entry and #entry[2] / 2 or 0
      if marks then open = select(2, string.gsub(marks, '0', '0')) end
      claimed = claimed + open
    end
    if #looked > 0 then claimed = math.floor(claimed * entries / #looked + 0.5) end
  end
  depths[#depths + 1] = total
  depths[#depths + 1] = math.min(total, claimed)
  local since = waitingSince(stream)
  depths[#depths + 1] = since and math.max(0, now - since) or -1
end
return depths
