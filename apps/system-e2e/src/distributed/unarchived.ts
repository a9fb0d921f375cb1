import type { Services } from './services';

/** An entry's id begins with the time at which it came. What was handled is not in an inbound stream any more. */
const SCRIPT = `
local oldest = redis.call('TIME')[1] * 1000
for _, name in ipairs({'inbound', 'outbox'}) do
  for _, key in ipairs(redis.call('KEYS', '*:' .. name)) do
    local first = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
    if first then oldest = math.min(oldest, tonumber(string.match(first[1], '^%d+'))) end
  end
end
return oldest
`;

/**
 * Since when (epoch milliseconds) something that has happened is not in Postgres; all that is older is. A worker that
 * goes on by itself is ahead of what is committed: only the inbound commands tell of it.
 */
export async function unarchivedSince(services: Services): Promise<number> {
  const reply = await services.redis('EVAL', SCRIPT, '0');
  const [, time] = /^:(\d+)\r\n/.exec(reply) ?? [];
  if (time === undefined) throw new Error(`Redis answered ${reply}`);
  return Number(time);
}
