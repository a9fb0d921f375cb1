-- Takes tasks away from workers that have not renewed their claims, and reports each as lost to the partition.
-- KEYS    1 lease  2 inbound  3 depths  4 revoked  then for each queue: stream, settled marks
-- ARGV    1 group  2 lease in ms  3 how many tasks at most  4 commands in one inbound entry
--         5 ms after which an idle worker with nothing in work is forgotten  then the name of each queue
-- Output  how many tasks were reported
-- Nothing is known of workers while a partition is not resumed, and for one lease they have the time to be heard again.
-- The claim of a task may have gone over to a follow-up, see settle.lua: then that is lost.
-- A task's name is the part of a TaskLost command that says which task, so nothing has to be decoded here.
local group, lease, limit, entrySize = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local resumed = redis.call('HMGET', KEYS[1], 'resumed', 'since')
if resumed[1] ~= history then return 0 end
if now - tonumber(resumed[2]) < lease then limit = 0 end
local found, lost = 0, {}
local oldest

-- Reports the open tasks of a packet, or those of them that `wanted` marks, as lost.
local function reclaim(stream, settled, queue, id, wanted)
  local entry = redis.call('XRANGE', stream, id, id)[1]
  local fields = entry and entry[2] or {}
  local marks = redis.call('HGET', settled, id)
  local begun = redis.call('HGET', settled, id .. ':begun') or ''
  local mark, open, taken = {}, 0, 0
  for i = 1, #fields / 2 do
    mark[i] = marks and string.sub(marks, i, i) or '0'
    if mark[i] == '0' then
      if found < limit and (not wanted or string.sub(wanted, i, i) == '1') then
        local followUp = marks and redis.call('HGET', settled, id .. ':' .. i)
        if followUp then redis.call('HDEL', settled, id .. ':' .. i) end
        local hasBegun = (followUp or string.sub(begun, i, i) == '1') and ',"begun":true' or ''
        lost[#lost + 1] = '{"type":"TaskLost",' .. (followUp or fields[2 * i - 1]) .. hasBegun .. '}'
        mark[i] = '1'
        found = found + 1
        taken = taken + 1
      else
        open = open + 1
      end
    end
  end
  if open == 0 then
    redis.call('XACK', stream, group, id)
    redis.call('XDEL', stream, id)
    redis.call('HDEL', settled, id, id .. ':missed', id .. ':begun')
  elseif taken > 0 then
    redis.call('HSET', settled, id, table.concat(mark))
  end
  if taken > 0 then redis.call('HINCRBY', KEYS[3], queue, -taken) end
end

for q = 1, #ARGV - 5 do
  local stream, settled, queue = KEYS[3 + 2 * q], KEYS[4 + 2 * q], ARGV[5 + q]
  local more = found < limit
  while more do
    local pending = redis.pcall('XPENDING', stream, group, 'IDLE', lease, '-', '+', 50)
    if pending.err then break end
    more = #pending == 50
    for _, claim in ipairs(pending) do
      reclaim(stream, settled, queue, claim[1])
      if found >= limit then
        more = false
        break
      end
    end
  end
  local marked = redis.call('HGETALL', settled)
  for i = 1, #marked, 2 do
    local id = string.match(marked[i], '^(.*):missed$')
    local since, missed = string.match(marked[i + 1], '^(%d+):(%d+)$')
    if id and found < limit and now - tonumber(since) >= lease then reclaim(stream, settled, queue, id, missed) end
  end
  local first = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
  local ms = first and tonumber(string.match(first[1], '^%d+'))
  if ms and (not oldest or ms < oldest) then oldest = ms end
  local consumers = redis.pcall('XINFO', 'CONSUMERS', stream, group)
  if not consumers.err then
    for _, info in ipairs(consumers) do
      local consumer = {}
      for i = 1, #info, 2 do consumer[info[i]] = info[i + 1] end
      if consumer.pending == 0 and consumer.idle > tonumber(ARGV[5]) then
        redis.call('XGROUP', 'DELCONSUMER', stream, group, consumer.name)
      end
    end
  end
end

for from = 1, #lost, entrySize do
  local commands = table.concat(lost, ',', from, math.min(#lost, from + entrySize - 1))
  redis.call('XADD', KEYS[2], '*', 'c', '[' .. commands .. ']')
end
-- A revocation concerns tasks that were queued before it; once they are gone it says nothing any more.
if oldest then
  redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', '(' .. string.format('%.0f', oldest))
else
  redis.call('DEL', KEYS[4])
end
return found
