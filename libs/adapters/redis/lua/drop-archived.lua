-- Ends outbox entries whose slices are archived, and drops the hot data of executions that are over.
-- KEYS    1 outbox  then the journal of each terminal execution
-- ARGV    1 number of entries  then the id of each
--         then per terminal execution the seq of its last archived event
-- Output  how many executions were dropped
-- An execution that went on since (a retry) keeps its hot data.
local entries = tonumber(ARGV[1])
if entries > 0 then redis.call('XDEL', KEYS[1], unpack(ARGV, 2, 1 + entries)) end
local dropped = 0
for i = 1, #ARGV - 1 - entries do
  local journal = KEYS[1 + i]
  local last = redis.call('LINDEX', journal, -1)
  if last and string.match(last, '^%d+:(%d+):') == ARGV[1 + entries + i] then
    redis.call('DEL', journal)
    dropped = dropped + 1
  end
end
return dropped
