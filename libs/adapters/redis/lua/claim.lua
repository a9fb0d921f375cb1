-- Claims up to `room` tasks for a worker, from the given queues in order.
-- KEYS    for each queue: stream, settled marks, revoked, depths, lease of the partition
-- ARGV    1 group  2 worker  3 room  4 the history of the data in which all partitions were seen resumed, or ''
--         5 tasks that a packet is expected to have  then the name of each queue
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

-- The next entry of each of some queues, by the stream: a call for all of them costs little more than one for each.
local function nextEntries(streams)
  local read = { 'GROUP', ARGV[1], worker, 'COUNT', 1, 'STREAMS', unpack(streams) }
  for _ = 1, #streams do read[#read + 1] = '>' end
  local reply = redis.pcall('XREADGROUP', unpack(read))
  if reply and reply.err then
    if string.sub(reply.err, 1, 7) ~= 'NOGROUP' then error(reply.err) end
    for _, stream in ipairs(streams) do redis.pcall('XGROUP', 'CREATE', stream, ARGV[1], '0', 'MKSTREAM') end
    return nextEntries(streams)
  end
  return reply or {}
end

local function take(q, id, fields)
  local stream, settled, revoked, depths, lease = unpack(KEYS, 5 * q - 4, 5 * q)
  local hasRevoked = redis.call('EXISTS', revoked) == 1
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
  if dropped > 0 then redis.call('HINCRBY', depths, ARGV[5 + q], -dropped) end
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

-- Each queue's turn; one that had something has another one when all have had theirs.
local turns, queueOf = {}, {}
for q = 1, #ARGV - 5 do
  local stream, lease = KEYS[5 * q - 4], KEYS[5 * q]
  queueOf[stream] = q
  if history ~= ARGV[4] then timelines[q] = timelineOf(lease) end
  if timelines[q] ~= false then turns[#turns + 1] = stream end
end
local turn = 1
while room > 0 and turn <= #turns do
  local last = math.min(#turns, turn + math.max(1, math.floor(room / tonumber(ARGV[5]))) - 1)
  local found = nextEntries({ unpack(turns, turn, last) })
  turn = last + 1
  for _, read in ipairs(found) do
    local entry = read[2][1]
    take(queueOf[read[1]], entry[1], entry[2])
    turns[#turns + 1] = read[1]
  end
end
return { claimed, history, timelines }
