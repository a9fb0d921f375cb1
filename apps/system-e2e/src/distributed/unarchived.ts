import type { Services } from './services';

/**
 * The time of the oldest entry that is not handled, which its id begins with, and of the earliest task of which the
 * outcome is not: commands that wait are sent once more, and their entries are younger than they are.
 */
const SCRIPT = `
local oldest, started = redis.call('TIME')[1] * 1000, ''
for _, name in ipairs({'inbound', 'outbox'}) do
  for _, key in ipairs(redis.call('KEYS', '*:' .. name)) do
    local first = redis.call('XRANGE', key, '-', '+', 'COUNT', 1)[1]
    if first then oldest = math.min(oldest, tonumber(string.match(first[1], '^%d+'))) end
  end
end
for _, key in ipairs(redis.call('KEYS', '*:inbound')) do
  for _, entry in ipairs(redis.call('XRANGE', key, '-', '+')) do
    for at in string.gmatch(entry[2][2], '"started_at":"([^"]+)"') do
      if started == '' or at < started then started = at end
    end
  end
end
return {oldest, started}
`;

/**
 * Since when (epoch milliseconds) something that has happened is not in Postgres; all that is older is. A worker that
 * goes on by itself is ahead of what is committed: only the inbound commands tell of it.
 */
export async function unarchivedSince(services: Services): Promise<number> {
  const reply = await services.redis('EVAL', SCRIPT, '0');
  const [, oldest, started] = /^\*2\r\n:(\d+)\r\n\$\d+\r\n(.*)\r\n/.exec(reply) ?? [];
  if (oldest === undefined || started === undefined) throw new Error(`Redis answered ${reply}`);
  return Math.min(Number(oldest), Date.parse(started) || Infinity);
}
