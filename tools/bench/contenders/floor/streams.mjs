// What both sides of the bare loop share: a blocking read that takes everything there is, and a pipelined write.
import { Redis } from '../../services.mjs';

const READ_LIMIT = 200;

export const connect = () => new Redis(process.env.REDIS_URL, { enableAutoPipelining: false });

/** Follows a stream as a consumer group for ever. `take` gets the decoded entries, and acks them. */
export async function follow(stream, take) {
  const reader = connect();
  await reader.xgroup('CREATE', stream, 'group', '0', 'MKSTREAM').catch((error) => {
    if (!String(error).includes('BUSYGROUP')) throw error;
  });
  console.log('ready');
  for (;;) {
    const reply = await reader.xreadgroup(
      ...['GROUP', 'group', 'one', 'COUNT', READ_LIMIT, 'BLOCK', 2000, 'STREAMS', stream, '>'],
    );
    const entries = reply?.[0]?.[1] ?? [];
    if (entries.length > 0) {
      take(
        entries.map(([id]) => id),
        entries.flatMap(([, [, text]]) => JSON.parse(text)),
      );
    }
  }
}

/** Acks and deletes what was read, and adds these items, up to `pack` in an entry. */
export function send(writer, { ackedIn, acked = [], to, items, pack }) {
  const pipeline = writer.pipeline();
  for (let from = 0; from < items.length; from += pack)
    pipeline.xadd(to, '*', 'items', JSON.stringify(items.slice(from, from + pack)));
  if (acked.length > 0) pipeline.xack(ackedIn, 'group', ...acked).xdel(ackedIn, ...acked);
  return pipeline.exec();
}
