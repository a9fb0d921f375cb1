import { describe, expect, it } from '@jest/globals';

import { collect } from '../testing/collect';
import { readEventStream } from './event-stream';

/** The text in pieces of `size` bytes. */
function streamOf(text: string, size: number): ReadableStream<Uint8Array> {
  const bytes = new TextEncoder().encode(text);
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      if (at >= bytes.length) controller.close();
      else controller.enqueue(bytes.slice(at, (at += size)));
    },
  });
}

async function messagesOf(text: string, size = 1_000): Promise<string[]> {
  return collect(readEventStream(streamOf(text, size), () => undefined));
}

describe('readEventStream', () => {
  it.each([1, 2, 3, 7, 1_000])('puts messages together from pieces of %d bytes', async (size) => {
    const text = 'retry: 2000\n\nid: 1\ndata: {"a":"ä€😀"}\n\n: keep-alive\n\nid: 2\ndata: two\n\n';
    expect(await messagesOf(text, size)).toEqual(['{"a":"ä€😀"}', 'two']);
  });

  it('knows lines that end in CRLF, several lines of data, and data without a space', async () => {
    expect(await messagesOf('data: a\r\ndata: b\r\n\r\ndata:c\r\n\r\n')).toEqual(['a\nb', 'c']);
  });

  it('leaves out a message that was cut off', async () => {
    expect(await messagesOf('data: whole\n\ndata: hal')).toEqual(['whole']);
  });

  it('reports every sign of life', async () => {
    let signs = 0;
    await collect(readEventStream(streamOf(': keep-alive\n\n'.repeat(3), 14), () => signs++));
    expect(signs).toBe(3);
  });
});
