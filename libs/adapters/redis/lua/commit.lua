-- Writes one chunk of what a turn of a partition's owner changed: all of it, or nothing.
-- KEYS    1 lease  2 inbound  3 outbox  4 outbox lag  5 timers  6 revoked  7 revocations  8 feed
--         9 feed watched  10 queues  11 depths  then the journals, then the queues' streams
-- ARGV    1 epoch  2 commit id  3 chunk, from 0  4 offset, or '' when more chunks follow or nothing was read
--         5 first inbound id to keep, or ''  6..10 how many journals, packets, timers cleared, timers set, revoked
--         11 bytes above which the outbox refers to the journal  12 entries to keep for followers
--         then per journal: header, first seq, element ('first:last:events')
--              per packet: key index, queue name, number of tasks, then name and body of each
--              per timer cleared: member; per timer set: due, member; per revoked: name
-- Output  'committed', or 'fenced' when the lease is not held any more or the batch is not the next one
-- A repeated chunk is recognised by its commit id and number, and changes nothing.
local argument = 12
local function take()
  argument = argument + 1
  return ARGV[argument]
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local held = redis.call('HMGET', KEYS[1], 'epoch', 'until', 'commit', 'chunk')
if held[1] ~= ARGV[1] or tonumber(held[2]) <= now then return 'fenced' end
if held[3] == ARGV[2] and tonumber(held[4]) >= tonumber(ARGV[3]) then return 'committed' end

local journals, packets = tonumber(ARGV[6]), tonumber(ARGV[7])
local cleared, set, revoked = tonumber(ARGV[8]), tonumber(ARGV[9]), tonumber(ARGV[10])
local byReference, followed = tonumber(ARGV[11]), ARGV[12]
local firstJournal = 11

-- A batch whose events are there already was decided before a later one of the same owner got here first.
for i = 1, journals do
  local last = redis.call('LINDEX', KEYS[firstJournal + i], -1)
  if last and tonumber(string.match(last, '^%d+:(%d+):')) >= tonumber(ARGV[11 + 3 * i]) then return 'fenced' end
end

if journals > 0 then
  local note = {}
  for i = 1, journals do
    local header, _, element = take(), take(), take()
    redis.call('RPUSH', KEYS[firstJournal + i], element)
    note[2 * i - 1] = header
    if #element > byReference then note[2 * i] = string.match(element, '^%d+:%d+:') else note[2 * i] = element end
  end
  redis.call('XADD', KEYS[3], '*', unpack(note))
  redis.call('INCRBY', KEYS[4], journals)
  if redis.call('EXISTS', KEYS[9]) == 1 then
    redis.call('XADD', KEYS[8], 'MAXLEN', '~', followed, '*', unpack(note))
    redis.call('PEXPIRE', KEYS[8], 60000)
  end
end

local hasRevoked = packets > 0 and redis.call('EXISTS', KEYS[6]) == 1
for _ = 1, packets do
  local stream, queue, count = KEYS[tonumber(take())], take(), tonumber(take())
  local fields = {}
  for i = 1, count do
    fields[2 * i - 1], fields[2 * i] = take(), take()
    -- An attempt that is sent again is wanted again.
    if hasRevoked then redis.call('ZREM', KEYS[6], string.match(fields[2 * i - 1], '^(.*),"delivery":%d+$')) end
  end
  redis.call('XADD', stream, '*', unpack(fields))
  redis.call('SADD', KEYS[10], queue)
  redis.call('HINCRBY', KEYS[11], queue, count)
end

for _ = 1, cleared do redis.call('ZREM', KEYS[5], take()) end
for _ = 1, set do
  local due, member = take(), take()
  redis.call('ZADD', KEYS[5], due, member)
end
if revoked > 0 then
  local names = {}
  for i = 1, revoked do
    local name = take()
    redis.call('ZADD', KEYS[6], now, name)
    names[2 * i - 1], names[2 * i] = 'r', name
  end
  redis.call('XADD', KEYS[7], 'MAXLEN', '~', followed, '*', unpack(names))
  redis.call('PEXPIRE', KEYS[7], 60000)
end

redis.call('HSET', KEYS[1], 'commit', ARGV[2], 'chunk', ARGV[3])
if ARGV[4] ~= '' then
  redis.call('HSET', KEYS[1], 'offset', ARGV[4])
  redis.call('XTRIM', KEYS[2], 'MINID', ARGV[5])
end
return 'committed'
