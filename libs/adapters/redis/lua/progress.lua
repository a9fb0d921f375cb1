-- How far the hot data of a partition has come.
-- KEYS    1 lease
-- Output  {timeline, turn, offset, 1 when it was resumed in this history of the data, otherwise 0}
local history = string.match(redis.call('INFO', 'replication'), 'master_replid:(%x+)')
local known = redis.call('HMGET', KEYS[1], 'timeline', 'turn', 'offset', 'resumed')
return { known[1], known[2], known[3], known[4] == history and 1 or 0 }
