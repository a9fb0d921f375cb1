-- Claims up to `room` tasks for a worker, from the given queues in order.
-- KEYS    for each queue: stream, settled marks, revoked, depths, lease of the partition
-- ARGV    1 group  2 worker  3 room  4 the history of the data in which all partitions were seen resumed, or ''
--         then the name of each queue
-- Output  {claimed, history, timelines}
--         claimed: for each entry {queue index, entry id, marks, fields, timeline}; the n-th task is fields 2n-1 and 2n,
--         and it is the worker's when the n-th mark is '0'
--         timelines: in another history than the given one, of each queue that was looked at; false: not resumed
-- Nothing is given out of a partition that was not resumed in this history of the data: it may be rolled back. Once it
-- was, that holds until the history ends, for if all is lost in between, nothing is committed before it is resumed.
-- Revoked tasks are dropped. Tasks of a packet for which there is no room go back as packets of that size.
local worker, room = ARGV[2], tonumber(ARGV[3])
local size = room
local claimed, timelines, known = {}, {}, {}
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')

local function timelineOf(lease)
  if known[lease] == nil then
    local marks = redis.call('HMGET', lease, 'resumed', 'timeline')
    known[lease] = marks[1] == history and marks[2]
  end
  return known[lease]
end

local function nextEntry(stream)
  local reply = redis.pcall('XREADGROUP', 'GROUP', ARGV[1], worker, 'COUNT', 1, 'STREAMS', stream, '>')
  if reply and reply.err then
    if string.sub(reply.err, 1, 7) ~= 'NOGROUP' then error(reply.err) end
    redis.call('XGROUP', 'CREATE', stream, ARGV[1], '0', 'MKSTREAM')
    return nextEntry(stream)
  end
  return reply and reply[1][2][1]
end

for q = 1, #ARGV - 4 do
  local stream, settled, revoked, depths, lease = unpack(KEYS, 5 * q - 4, 5 * q)
  local hasRevoked
  if history ~= ARGV[4] then timelines[q] = timelineOf(lease) end
  while room > 0 and timelines[q] ~= false do
    local entry = nextEntry(stream)
    if not entry then break end
    local id, fields = entry[1], entry[2]
    if hasRevoked == nil then hasRevoked = redis.call('EXISTS', revoked) == 1 end
    local marks, mine, dropped, excess = {}, 0, 0, {}
    for i = 1, #fields / 2 do
      local name = fields[2 * i - 1]
      marks[i] = '1'
      if hasRevoked and redis.call('ZSCORE', revoked, (string.match(name, '^(.*),"delivery":%d+$') or name)) then
        dropped = dropped + 1
      elseif mine < room then
        marks[i] = '0'
        mine = mine + 1
      else
        excess[#excess + 1] = name
        excess[#excess + 1] = fields[2 * i]
      end
    end
    for from = 1, #excess, 2 * size do
      redis.call('XADD', stream, '*', unpack(excess, from, math.min(#excess, from + 2 * size - 1)))
    end
    if dropped > 0 then redis.call('HINCRBY', depths, ARGV[4 + q], -dropped) end
    if mine == 0 then
      redis.call('XACK', stream, ARGV[1], id)
      redis.call('XDEL', stream, id)
    else
      local all = table.concat(marks)
      if mine < #marks then redis.call('HSET', settled, id, all) end
      claimed[#claimed + 1] = { q, id, all, fields, timelineOf(lease) }
      room = room - mine
    end
  end
  if room == 0 then break end
end
return { claimed, history, timelines }
