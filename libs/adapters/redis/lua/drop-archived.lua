-- Ends outbox entries whose slices are archived, and drops the hot data of executions that are over.
-- KEYS    1 outbox  2 outbox lag  then the journal of each terminal execution
-- ARGV    1 number of entries  then id and number of slices of each
--         then per terminal execution the seq of its last archived event
-- Output  how many executions were dropped
-- An execution that went on since (a retry) keeps its hot data.
local entries = tonumber(ARGV[1])
for i = 1, entries do
  local id, slices = ARGV[2 * i], ARGV[1 + 2 * i]
  if redis.call('XDEL', KEYS[1], id) == 1 then redis.call('DECRBY', KEYS[2], slices) end
end
local dropped = 0
for i = 1, #ARGV - 1 - 2 * entries do
  local journal = KEYS[2 + i]
  local last = redis.call('LINDEX', journal, -1)
  if last and string.match(last, '^%d+:(%d+):') == ARGV[1 + 2 * entries + i] then
    redis.call('DEL', journal)
    dropped = dropped + 1
  end
end
return dropped
