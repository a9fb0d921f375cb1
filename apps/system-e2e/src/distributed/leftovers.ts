import type { Services } from './services';

/** Who lives and offers what, who owns what and how far they have read, and what the deployment is like. */
const MAY_STAY = ['partitions', 'owners', 'lease', 'archive-owners', 'archive-lease', 'handlers', 'workers'];

/**
 * Lists what Redis holds though nothing runs. Besides what is named above may stay: counters that say 0, streams
 * without entries, and whatever goes away by itself.
 */
const SCRIPT = `
local mayStay = {}
for _, name in ipairs(ARGV) do mayStay[name] = true end
local found = {}
local function check(key)
  if redis.call('PTTL', key) > 0 then return end
  local kind, name = redis.call('TYPE', key).ok, string.match(key, ':([^:]*)$')
  if kind == 'stream' then
    local length = redis.call('XLEN', key)
    if length > 0 then return length .. ' entries' end
    for _, group in ipairs(redis.call('XINFO', 'GROUPS', key)) do
      local pending = redis.call('XPENDING', key, group[2])[1]
      if pending > 0 then return pending .. ' pending' end
    end
  elseif name == 'depths' then
    for _, depth in ipairs(redis.call('HVALS', key)) do
      if depth ~= '0' then return 'not 0: ' .. table.concat(redis.call('HGETALL', key), ' ') end
    end
  elseif not mayStay[name] then
    return 'a key of kind ' .. kind
  end
end
for _, key in ipairs(redis.call('KEYS', '*')) do
  local left = check(key)
  if left then found[#found + 1] = key .. ': ' .. left end
end
table.sort(found)
return table.concat(found, '\\n')
`;

export async function leftovers(services: Services): Promise<readonly string[]> {
  const reply = await services.redis('EVAL', SCRIPT, '0', ...MAY_STAY);
  const [, length] = /^\$(\d+)\r\n/.exec(reply) ?? [];
  if (length === undefined) throw new Error(`Redis answered ${reply}`);
  const text = Buffer.from(reply).subarray(`$${length}\r\n`.length).subarray(0, Number(length)).toString();
  return text === '' ? [] : text.split('\n');
}
