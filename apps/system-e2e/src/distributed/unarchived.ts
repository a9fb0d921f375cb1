import type { Services } from './services';

/** An entry's id begins with the time at which it came. */
const SCRIPT = `
local oldest = redis.call('TIME')[1] * 1000
for _, key in ipairs(redis.call('KEYS', '*:outbox')) do
  local first = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
  if first then oldest = math.min(oldest, tonumber(string.match(first[1], '^%d+'))) end
end
return oldest
`;

/** Since when (epoch milliseconds) something that was committed is not in Postgres; all that is older is. */
export async function unarchivedSince(services: Services): Promise<number> {
  const reply = await services.redis('EVAL', SCRIPT, '0');
  const [, time] = /^:(\d+)\r\n/.exec(reply) ?? [];
  if (time === undefined) throw new Error(`Redis answered ${reply}`);
  return Number(time);
}
