-- Hands tasks of a worker back: they go to the end of their queue, as the same delivery. Those whose start was marked
-- are reported as lost to the partition instead; so are follow-ups, see settle.lua, of which nobody else knows the data.
-- KEYS    1 inbound  then for each queue: stream, settled marks, revoked, depths
-- ARGV    1 group  2 worker  3 tasks to put into one packet
--         then per packet: queue index, queue name, entry id, tasks handed back, their positions
-- Output  how many tasks were put back into their queue
-- What is settled, or not this worker's any more, stays as it is. Revoked tasks are dropped.
local group, worker, size = ARGV[1], ARGV[2], tonumber(ARGV[3])
local released = 0
local argument = 4
while argument <= #ARGV do
  local index, queue, id, count = tonumber(ARGV[argument]), ARGV[argument + 1], ARGV[argument + 2], tonumber(ARGV[argument + 3])
  local stream, settled, revoked, depths = unpack(KEYS, 4 * index - 2, 4 * index + 1)
  local entry = redis.call('XRANGE', stream, id, id)[1]
  local pending = redis.pcall('XPENDING', stream, group, id, id, 1, worker)
  if entry and not pending.err and #pending > 0 then
    local fields, mark, back, lost, dropped = entry[2], {}, {}, {}, 0
    local marks = redis.call('HGET', settled, id)
    local begun = redis.call('HGET', settled, id .. ':begun') or ''
    for i = 1, #fields / 2 do mark[i] = marks and string.sub(marks, i, i) or '0' end
    for i = 1, count do
      local position = tonumber(ARGV[argument + 3 + i])
      if mark[position] == '0' then
        mark[position] = '1'
        local followUp = marks and redis.call('HGET', settled, id .. ':' .. position)
        if followUp then redis.call('HDEL', settled, id .. ':' .. position) end
        local name = followUp or fields[2 * position - 1]
        if redis.call('ZSCORE', revoked, (string.match(name, '^(.*),"delivery":%d+$') or name)) then
          dropped = dropped + 1
        elseif followUp or string.sub(begun, position, position) == '1' then
          lost[#lost + 1] = '{"type":"TaskLost",' .. name .. ',"begun":true,"handedBack":true}'
        else
          back[#back + 1] = name
          back[#back + 1] = fields[2 * position]
        end
      end
    end
    for from = 1, #back, 2 * size do
      redis.call('XADD', stream, '*', unpack(back, from, math.min(#back, from + 2 * size - 1)))
    end
    if #lost > 0 then redis.call('XADD', KEYS[1], '*', 'c', '[' .. table.concat(lost, ',') .. ']') end
    local all = table.concat(mark)
    if string.find(all, '0', 1, true) then
      redis.call('HSET', settled, id, all)
    else
      redis.call('XACK', stream, group, id)
      redis.call('XDEL', stream, id)
      redis.call('HDEL', settled, id, id .. ':missed', id .. ':begun')
    end
    if dropped + #lost > 0 then redis.call('HINCRBY', depths, queue, -dropped - #lost) end
    released = released + #back / 2
  end
  argument = argument + 4 + count
end
return released
