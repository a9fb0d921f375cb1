import { type Duplex, pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Json } from '@workflow-engine/dag';
import { httpFailure } from './failures';

export interface ReceivedBody {
  readonly bytes: Uint8Array;
  /** The rest was left on the wire. */
  readonly isTruncated: boolean;
}

/**
 * Reads a body up to `maxBytes`, counted after decompression, and then lets go of it: neither a stream without
 * end nor a decompression bomb costs more memory than that.
 */
export async function readBody(
  body: Readable,
  encoding: string | undefined,
  maxBytes: number,
): Promise<ReceivedBody> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of decoded(body, encoding)) {
    const bytes = chunk as Uint8Array;
    chunks.push(bytes);
    size += bytes.length;
    // Leaving the loop destroys the stream, and with it the decoders and the exchange.
    if (size > maxBytes) return { bytes: concatenated(chunks, maxBytes), isTruncated: true };
  }
  return { bytes: concatenated(chunks, size), isTruncated: false };
}

/** The first `size` bytes of all chunks together. */
function concatenated(chunks: readonly Uint8Array[], size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let at = 0;
  for (const chunk of chunks) {
    const fitting = chunk.subarray(0, size - at);
    bytes.set(fitting, at);
    at += fitting.length;
  }
  return bytes;
}

/** Decoders for `Content-Encoding`; asked for with {@link acceptedEncodings}. */
const decoders: Readonly<Record<string, () => Duplex>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

export const acceptedEncodings = 'gzip, deflate, br';

function decoded(body: Readable, encoding: string | undefined): AsyncIterable<unknown> {
  const names = (encoding ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '' && name !== 'identity');
  const [name] = names;
  if (name === undefined) return body;
  const create = Object.hasOwn(decoders, name) ? decoders[name] : undefined;
  // Nobody compresses twice, except to make a bomb.
  if (create === undefined || names.length > 1) {
    body.destroy();
    throw httpFailure(
      'RESPONSE_NOT_DECODABLE',
      `The response has an unsupported Content-Encoding: ${names.join(', ').slice(0, 100)}.`,
    );
  }
  // The callback is there because pipeline wants one; errors reach the reader through the last stream.
  const decoder = create();
  pipeline(body, decoder, () => undefined);
  return decoder;
}

/** Text by the charset of the content type, UTF-8 when there is none or nobody knows it. */
export function textOf(bytes: Uint8Array, contentType: string): string {
  const charset = /charset\s*=\s*"?([\w.:-]{1,40})/i.exec(contentType)?.[1] ?? 'utf-8';
  try {
    return new TextDecoder(charset).decode(bytes);
  } catch {
    return new TextDecoder().decode(bytes);
  }
}

export function isJsonType(contentType: string): boolean {
  return /^\s*[\w.+-]+\/(?:[\w.-]+\+)?json\s*(?:;|$)/i.test(contentType);
}

/** Deeper values overflow the stack of what reads them later. */
const deepest = 256;

/** Parsed JSON, or why it is none. */
export function parseJson(text: string): { readonly value: Json } | { readonly problem: string } {
  let value: Json;
  try {
    value = JSON.parse(text) as Json;
  } catch (error) {
    return { problem: error instanceof Error ? error.message : String(error) };
  }
  return isDeeperThan(value, deepest) ? { problem: `nested deeper than ${deepest} levels` } : { value };
}

function isDeeperThan(value: Json, levels: number): boolean {
  let row: Json[] = [value];
  for (let level = 0; row.length > 0; level++) {
    if (level > levels) return true;
    const below: Json[] = [];
    for (const item of row) {
      if (typeof item === 'object' && item !== null)
        for (const inner of Object.values(item)) below.push(inner);
    }
    row = below;
  }
  return false;
}
