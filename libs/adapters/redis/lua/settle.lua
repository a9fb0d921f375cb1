-- Delivers outcomes to a partition and ends their claims, or lets them go over to follow-ups.
-- KEYS    1 lease  2 inbound  3 depths  4 follow-ups  then for each queue: stream, settled marks
-- ARGV    1 group  2 commands in one inbound entry  3 bytes in one, unless it has one command only
--         then per packet: queue index, queue name, entry id, timeline of the claim, tasks in the packet, tasks settled,
--         then of each its position, its outcome (JSON; '' for none), and its name if the worker would go on after it
-- Output  what goes on: for each {packet, position, follow-up}
-- Outcomes are delivered even when the claim is gone: the decider keeps the first one of an attempt. But when the data
-- was lost or reset since, or may be rolled back because the partition is not resumed in this history of it, the task is
-- sent again and its attempt may mean something else by now: then only the outcome of a task that is still known is
-- delivered, and nobody goes on. A timeline of -1 says that it is being reset.
-- A packet is acked and deleted with the last of its outcomes. The field `id:position` of the marks names the follow-up
-- to which the claim of a task has gone over; a packet that has one has settled marks, too.
-- A follow-up says whether another one may follow, which task it is, and how it is run: `1name\nplan`. There is a '!' in
-- its place when it has begun.
local group, most, largest = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
local timeline, resumed = unpack(redis.call('HMGET', KEYS[1], 'timeline', 'resumed'))
local isResumed = resumed == string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
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

-- Whether the outcome is that of the task of this name.
local function isOf(name, outcome)
  return string.find(outcome, (string.match(name, '^(.*),"delivery":%d+$') or name) .. ',', 1, true)
end

local follows = {}
local argument, packet = 4, 0
while argument <= #ARGV do
  packet = packet + 1
  local index, queue, id = tonumber(ARGV[argument]), ARGV[argument + 1], ARGV[argument + 2]
  local size, count = tonumber(ARGV[argument + 4]), tonumber(ARGV[argument + 5])
  local stream, settled = KEYS[3 + 2 * index], KEYS[4 + 2 * index]
  local isCurrent = isResumed and ARGV[argument + 3] == timeline
  local entry = not isCurrent and timeline ~= '-1' and redis.call('XRANGE', stream, id, id)[1]
  if isCurrent or entry then
    local marks = redis.call('HGET', settled, id)
    local mark, open = {}, 0
    for i = 1, size do
      mark[i] = marks and string.sub(marks, i, i) or '0'
      if mark[i] == '0' then open = open + 1 end
    end
    local left, pending = open, nil
    local function isPending()
      if pending == nil then
        local claims = redis.pcall('XPENDING', stream, group, id, id, 1)
        pending = not claims.err and #claims > 0
      end
      return pending
    end
    local claims, wanted = {}, {}
    for i = 1, count do
      local at = argument + 3 + 3 * i
      claims[i] = id .. ':' .. ARGV[at]
      if ARGV[at + 2] ~= '' then wanted[#wanted + 1] = ARGV[at + 2] end
    end
    -- To which follow-ups claims have gone over already; and what there is to follow.
    local claimed = marks and redis.call('HMGET', settled, unpack(claims)) or {}
    local found = isCurrent and #wanted > 0 and isPending() and redis.call('HMGET', KEYS[4], unpack(wanted)) or {}
    local begun, follow, ended, n = {}, {}, {}, 0
    for i = 1, count do
      local at = argument + 3 + 3 * i
      local position, outcome, task = tonumber(ARGV[at]), ARGV[at + 1], ARGV[at + 2]
      local followUp = nil
      if task ~= '' then
        n = n + 1
        followUp = mark[position] == '0' and found[n]
      end
      if followUp and followUp ~= '!' then
        begun[#begun + 1], begun[#begun + 2] = task, '!'
        follow[#follow + 1], follow[#follow + 2] = claims[i], string.match(followUp, '^[01]([^\n]*)')
        deliver(string.sub(outcome, 1, -2) .. ',"followedUp":true}')
        follows[#follows + 1] = { packet, position, followUp }
      else
        local claim = claimed[i] or entry and entry[2][2 * position - 1]
        local isOfClaim = not claim or outcome == '' or isOf(claim, outcome)
        if isCurrent or isOfClaim then deliver(outcome) end
        -- The claim may be that of a follow-up by now, which does not end with the task before it.
        if isOfClaim then
          if mark[position] == '0' then left = left - 1 end
          mark[position] = '1'
          if claimed[i] then ended[#ended + 1] = claims[i] end
        end
      end
    end
    if #begun > 0 then
      redis.call('HSET', KEYS[4], unpack(begun))
      redis.call('HSET', settled, unpack(follow))
    end
    if #ended > 0 then redis.call('HDEL', settled, unpack(ended)) end
    if left > 0 then
      -- Marks of a packet that was taken away would never be removed.
      if isPending() then
        redis.call('HSET', settled, id, table.concat(mark))
        if open > left then redis.call('HINCRBY', KEYS[3], queue, left - open) end
      end
    elseif redis.call('XACK', stream, group, id) == 1 then
      redis.call('XDEL', stream, id)
      if marks then redis.call('HDEL', settled, id, id .. ':missed', id .. ':begun') end
      redis.call('HINCRBY', KEYS[3], queue, -open)
    end
  end
  argument = argument + 6 + 3 * count
end
flush()
return follows
