-- Delivers outcomes to a partition and ends their claims.
-- KEYS    1 lease  2 inbound  3 depths  then for each queue: stream, settled marks
-- ARGV    1 group  2 commands in one inbound entry  3 bytes in one, unless it has one command only
--         then per packet: queue index, queue name, entry id, timeline of the claim, tasks in the packet, tasks settled,
--         then the position of each and its outcome (JSON; '' for none)
-- Output  how many packets are complete
-- Outcomes are delivered even when the claim is gone: the decider keeps the first one of an attempt. But when the data
-- was lost or reset since, the task is sent again and its attempt may mean something else by now, so they are dropped.
-- A timeline of -1 says that it is being reset.
-- A packet is acked and deleted with the last of its outcomes.
local group, most, largest = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local timeline = redis.call('HGET', KEYS[1], 'timeline')
local commands, bytes = {}, 0
local function flush()
  if #commands == 0 then return end
  redis.call('XADD', KEYS[2], '*', 'c', '[' .. table.concat(commands, ',') .. ']')
  commands, bytes = {}, 0
end
local function deliver(command)
  if command == '' then return end
  if #commands == most or bytes + #command > largest then flush() end
  commands[#commands + 1] = command
  bytes = bytes + #command
end

local complete = 0
local argument = 4
while argument <= #ARGV do
  local index, queue, id = tonumber(ARGV[argument]), ARGV[argument + 1], ARGV[argument + 2]
  local size, count = tonumber(ARGV[argument + 4]), tonumber(ARGV[argument + 5])
  local stream, settled = KEYS[2 + 2 * index], KEYS[3 + 2 * index]
  if ARGV[argument + 3] == timeline or timeline ~= '-1' and #redis.call('XRANGE', stream, id, id) > 0 then
    local marks = redis.call('HGET', settled, id)
    local mark, open = {}, 0
    for i = 1, size do
      mark[i] = marks and string.sub(marks, i, i) or '0'
      if mark[i] == '0' then open = open + 1 end
    end
    local left = open
    for i = 1, count do
      local position = tonumber(ARGV[argument + 4 + 2 * i])
      deliver(ARGV[argument + 5 + 2 * i])
      if mark[position] == '0' then left = left - 1 end
      mark[position] = '1'
    end
    if left > 0 then
      -- Marks of a packet that was taken away would never be removed.
      local pending = redis.pcall('XPENDING', stream, group, id, id, 1)
      if not pending.err and #pending > 0 then
        redis.call('HSET', settled, id, table.concat(mark))
        if open > left then redis.call('HINCRBY', KEYS[3], queue, left - open) end
      end
    elseif redis.call('XACK', stream, group, id) == 1 then
      redis.call('XDEL', stream, id)
      if marks then redis.call('HDEL', settled, id, id .. ':missed', id .. ':begun') end
      redis.call('HINCRBY', KEYS[3], queue, -open)
      complete = complete + 1
    end
  end
  argument = argument + 6 + 2 * count
end
flush()
return complete
