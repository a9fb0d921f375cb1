/**
 * The `data` of each message of a stream of server-sent events (WHATWG HTML, 9.2.6). Ids, types and comments are left
 * out: the engine's events carry their own. `onData` hears of every sign of life.
 */
export async function* readEventStream(
  body: ReadableStream<Uint8Array>,
  onData: () => void,
): AsyncGenerator<string> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = '';
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onData();
      rest += decoder.decode(value, { stream: true });
      const blocks = rest.split(/\r?\n\r?\n/);
      // What is not ended by an empty line yet is no message yet.
      rest = blocks.pop() ?? '';
      for (const block of blocks) {
        const data = dataOf(block);
        if (data !== undefined) yield data;
      }
    }
  } finally {
    // Nobody reads any further: lets go of the connection. It may be broken already.
    await reader.cancel().catch(() => undefined);
  }
}

function dataOf(block: string): string | undefined {
  const lines = block.split(/\r?\n/).filter((line) => line.startsWith('data:'));
  if (lines.length === 0) return undefined;
  return lines.map((line) => line.slice('data:'.length).replace(/^ /, '')).join('\n');
}
