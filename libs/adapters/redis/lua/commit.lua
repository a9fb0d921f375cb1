-- Writes one chunk of what a turn of a partition's owner changed: all of it, or nothing.
-- KEYS    1 lease  2 inbound  3 outbox  4 timers  5 revoked  6 revocations  7 feed  8 feed watched  9 depths
--         10 follow-ups  then the journals, then the queues' streams
-- ARGV    1 epoch  2 turn  3 commit id  4 chunk, from 0  5 offset, or '' when more chunks follow or nothing was read
--         6 first inbound id to keep, or ''  7..11 how many journals, packets, timers cleared, timers set, revoked
--         12 bytes above which the outbox refers to the journal  13 entries to keep for followers
--         14 how many tasks after which no follow-up may begin  15 how many of which it has begun  16 how many follow-ups
--         then the names of the tasks of 14, of 15, then per follow-up: name of the task before, follow-up
--         then per journal: element ('first:last:kind:events')
--              per packet: key index, queue name, number of tasks, then name and body of each
--              per timer cleared: member; per timer set: due, member; per revoked: name
-- Output  'committed', or 'overtaken' when a follow-up has begun that must not, or 'fenced' when the lease is not held
--         any more or the chunk is not the next one
-- A repeated chunk is recognised by its turn, commit id and number, and changes nothing. Whoever begins to write takes
-- the lease with a new epoch before he reads, and turns are counted without a gap: so a journal has nothing that its
-- writer does not know.
local argument = 16
local function take()
  argument = argument + 1
  return ARGV[argument]
end

local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
local held = redis.call('HMGET', KEYS[1], 'epoch', 'until', 'turn', 'commit', 'chunk')
if held[1] ~= ARGV[1] or tonumber(held[2]) <= now then return 'fenced' end
local chunk = tonumber(ARGV[4])
if held[3] == ARGV[2] and held[4] == ARGV[3] then
  if tonumber(held[5]) >= chunk then return 'committed' end
  if tonumber(held[5]) ~= chunk - 1 then return 'fenced' end
elseif chunk > 0 or not held[3] or tonumber(held[3]) ~= tonumber(ARGV[2]) - 1 then
  return 'fenced'
end

local journals, packets = tonumber(ARGV[7]), tonumber(ARGV[8])
local cleared, set, revoked = tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11])
local byReference, followed = tonumber(ARGV[12]), ARGV[13]
local fixedKeys = 10

-- What `action` is given for so many arguments at a time as a call takes.
local function inPortions(count, action)
  for from = 1, count, 1000 do
    local last = argument + math.min(1000, count - from + 1)
    action(unpack(ARGV, argument + 1, last))
    argument = last
  end
end
local withdrawn = tonumber(ARGV[14])
local first = argument
local isOvertaken = false
inPortions(withdrawn, function(...)
  for _, followUp in ipairs(redis.call('HMGET', KEYS[10], ...)) do
    isOvertaken = isOvertaken or followUp == '!'
  end
end)
if isOvertaken then return 'overtaken' end
argument = first
inPortions(withdrawn + tonumber(ARGV[15]), function(...) redis.call('HDEL', KEYS[10], ...) end)
inPortions(2 * tonumber(ARGV[16]), function(...) redis.call('HSET', KEYS[10], ...) end)

-- Both are rare, and a call is what a script pays for.
local isRare = redis.call('EXISTS', KEYS[5], KEYS[8]) > 0
local hasRevoked = isRare and redis.call('EXISTS', KEYS[5]) == 1
local isWatched = isRare and redis.call('EXISTS', KEYS[8]) == 1

if journals > 0 then
  local note = { 'turn', ARGV[2] }
  for i = 1, journals do
    local journal, element = KEYS[fixedKeys + i], take()
    redis.call('RPUSH', journal, element)
    if #element > byReference then element = string.match(element, '^%d+:%d+:%d:') end
    note[2 * i + 1], note[2 * i + 2] = journal, element
  end
  redis.call('XADD', KEYS[3], '*', unpack(note))
  if isWatched then
    redis.call('XADD', KEYS[7], 'MAXLEN', '~', followed, '*', unpack(note, 3))
    redis.call('PEXPIRE', KEYS[7], 60000)
  end
end

for _ = 1, packets do
  local stream, queue, count = KEYS[tonumber(take())], take(), tonumber(take())
  local fields = {}
  for i = 1, count do
    fields[2 * i - 1], fields[2 * i] = take(), take()
    -- An attempt that is sent again is wanted again.
    if hasRevoked then redis.call('ZREM', KEYS[5], string.match(fields[2 * i - 1], '^(.*),"delivery":%d+$')) end
  end
  redis.call('XADD', stream, '*', unpack(fields))
  redis.call('HINCRBY', KEYS[9], queue, count)
end

for _ = 1, cleared do redis.call('ZREM', KEYS[4], take()) end
for _ = 1, set do
  local due, member = take(), take()
  redis.call('ZADD', KEYS[4], due, member)
end
if revoked > 0 then
  local names = {}
  for i = 1, revoked do
    local name = take()
    redis.call('ZADD', KEYS[5], now, name)
    names[2 * i - 1], names[2 * i] = 'r', name
  end
  redis.call('XADD', KEYS[6], 'MAXLEN', '~', followed, '*', unpack(names))
  redis.call('PEXPIRE', KEYS[6], 60000)
end

local progress = { 'turn', ARGV[2], 'commit', ARGV[3], 'chunk', ARGV[4] }
if ARGV[5] ~= '' then progress[7], progress[8] = 'offset', ARGV[5] end
redis.call('HSET', KEYS[1], unpack(progress))
if ARGV[5] ~= '' then
  redis.call('XTRIM', KEYS[2], 'MINID', ARGV[6])
end
return 'committed'
