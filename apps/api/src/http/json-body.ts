import { isUtf8 } from 'node:buffer';
import {
  type BrotliDecompress,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  type Gunzip,
  type Inflate,
} from 'node:zlib';

import type { NextFunction, Request, RequestHandler, Response } from 'express';

import { HttpProblem } from '../problems/http-problem';
import { findJsonFault, nestsDeeperThan } from './json-syntax';

/**
 * Reads and parses JSON bodies. Instead of Express' own parser, because that one builds values of any depth
 * (16 MB of `[` cost a gigabyte) and reads a too large body to its end, however long that takes.
 */

/** Objects and arrays inside each other; well above what a definition may nest. */
export const maxNesting = 128;

/** How long a client may go on sending what was refused already. */
const discardMs = 2_000;

/** What is thrown away of a refused body, so that the client gets to read the answer, as a multiple of the limit. */
const discardFactor = 4;

type BodySource = Request | Gunzip | Inflate | BrotliDecompress;

export function jsonBody(maxBytes: number): RequestHandler {
  return (request: Request, response: Response, next: NextFunction): void => {
    if (request.method === 'GET' || request.method === 'HEAD' || !announcesBody(request)) {
      next();
      return;
    }
    readJson(request, response, maxBytes).then(
      (value) => {
        request.body = value;
        next();
      },
      (error: unknown) => next(error),
    );
  };
}

function announcesBody(request: Request): boolean {
  const length = request.headers['content-length'];
  return request.headers['transfer-encoding'] !== undefined || (length !== undefined && length !== '0');
}

async function readJson(request: Request, response: Response, maxBytes: number): Promise<unknown> {
  const announced = Number(request.headers['content-length'] ?? 0);
  const bytes = announced > maxBytes ? undefined : await readBytes(decoded(request), request, maxBytes);
  if (bytes === undefined) {
    // What is left of the body belongs to no request.
    response.setHeader('Connection', 'close');
    await discard(request, maxBytes * discardFactor);
    throw new HttpProblem(
      'BODY_TOO_LARGE',
      `The body is larger than ${maxBytes} bytes. Pass large data by reference.`,
    );
  }
  if (bytes.length === 0) return undefined;
  checkMediaType(request);
  if (nestsDeeperThan(bytes, maxNesting)) {
    throw new HttpProblem('BODY_TOO_DEEP', `The body nests more than ${maxNesting} levels deep. Flatten it.`);
  }
  if (!isUtf8(bytes)) throw new HttpProblem('MALFORMED_JSON', 'The body must be JSON in UTF-8.');
  return parse(withoutByteOrderMark(bytes).toString('utf8'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const { offset, line, column, message } = findJsonFault(text);
    const where = `line ${line}, column ${column} (position ${offset})`;
    throw new HttpProblem('MALFORMED_JSON', `The body is not valid JSON: ${message} at ${where}.`, {
      faults: [{ code: 'MALFORMED_JSON', pointer: '', message: `${message} at ${where}` }],
    });
  }
}

function withoutByteOrderMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/** Also what keeps browsers of other sites from posting here: their forms cannot send this type. */
function checkMediaType(request: Request): void {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').toLowerCase().split(';');
  const charset = parameters
    .map((parameter) => /^\s*charset="?([^"]*)"?\s*$/.exec(parameter)?.[1])
    .find(Boolean);
  const isJson = /^application\/(?:[\w.+-]+\+)?json$/.test(type.trim());
  if (isJson && (charset === undefined || charset === 'utf-8' || charset === 'utf8')) return;
  throw new HttpProblem(
    'UNSUPPORTED_MEDIA_TYPE',
    'Send JSON in UTF-8 and say so: add the header "Content-Type: application/json".',
    { headers: { 'Accept-Post': 'application/json' } },
  );
}

/** Undefined above `maxBytes`, counted after decompression, so that a small body cannot become a huge one. */
function readBytes(source: BodySource, request: Request, maxBytes: number): Promise<Buffer | undefined> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let length = 0;
    const refuse = (detail: string) => reject(new HttpProblem('BODY_INCOMPLETE', detail));
    source.on('data', (chunk: Uint8Array) => {
      length += chunk.length;
      if (length <= maxBytes) {
        chunks.push(chunk);
        return;
      }
      source.removeAllListeners('data');
      if (source !== request) {
        request.unpipe();
        source.destroy();
      }
      resolve(undefined);
    });
    source.once('end', () => resolve(Buffer.concat(chunks, length)));
    source.on('error', () => refuse('The body is not valid in its Content-Encoding.'));
    request.once('close', () => {
      if (!request.complete) refuse('The connection broke before the whole body had arrived.');
    });
  });
}

function decoded(request: Request): BodySource {
  const encoding = (request.headers['content-encoding'] ?? 'identity').trim().toLowerCase();
  switch (encoding) {
    case 'identity':
      return request;
    case 'gzip':
    case 'x-gzip':
      return request.pipe(createGunzip());
    case 'deflate':
      return request.pipe(createInflate());
    case 'br':
      return request.pipe(createBrotliDecompress());
    default:
      throw new HttpProblem(
        'UNSUPPORTED_MEDIA_TYPE',
        'Use gzip, deflate or br as Content-Encoding, or none.',
        {
          headers: { 'Accept-Encoding': 'gzip, deflate, br' },
        },
      );
  }
}

/**
 * A client that is still sending does not read; closing on it would lose the answer. So the rest is thrown
 * away first, as long as that stays reasonable.
 */
function discard(request: Request, maxBytes: number): Promise<void> {
  if (request.readableEnded || request.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    let discarded = 0;
    const timer = setTimeout(resolve, discardMs);
    const done = (): void => {
      clearTimeout(timer);
      resolve();
    };
    request.on('data', (chunk: Uint8Array) => {
      discarded += chunk.length;
      if (discarded > maxBytes) done();
    });
    request.once('end', done).once('close', done).resume();
  });
}
