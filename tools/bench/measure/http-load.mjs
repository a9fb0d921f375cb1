// Requests over connections that stay open, one at a time on each. Bare sockets, so that the client costs the machine
// as little as possible.
import { connect } from 'node:net';

/**
 * @typedef {{ method: 'GET' | 'POST', path: string, body?: object }} HttpRequest
 *
 * @typedef {object} HttpLoad
 * @property {number} requests
 * @property {number} perSecond
 * @property {number[]} latencies milliseconds, one of each request
 * @property {any[]} answers the bodies, if they are to be kept
 */

/**
 * @param {{ url: string, connections: number, seconds?: number, next: () => HttpRequest | undefined,
 *   keepAnswers?: boolean }} load `next`: undefined ends it before its time
 * @returns {Promise<HttpLoad>}
 * @throws when an answer is not a success
 */
export async function httpLoad({ url, connections, seconds = Infinity, next, keepAnswers = false }) {
  const lanes = await Promise.all(Array.from({ length: connections }, () => HttpConnection.open(url)));
  const latencies = [];
  const answers = [];
  const begin = performance.now();
  const until = begin + seconds * 1000;
  const run = async (lane) => {
    for (let now = begin; now < until;) {
      const request = next();
      if (request === undefined) return;
      const from = performance.now();
      const text = await lane.send(request);
      now = performance.now();
      latencies.push(now - from);
      if (keepAnswers) answers.push(JSON.parse(text));
    }
  };
  try {
    await Promise.all(lanes.map(run));
  } finally {
    for (const lane of lanes) lane.close();
  }
  const perSecond = latencies.length / ((performance.now() - begin) / 1000);
  return { requests: latencies.length, perSecond, latencies, answers };
}

/** Knows as much of HTTP/1.1 (RFC 9112) as is needed for answers that say how long they are. */
export class HttpConnection {
  #socket;
  #host;
  #received = Buffer.alloc(0);
  #waiting;

  static open(url) {
    const { hostname, port, host } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => resolve(new HttpConnection(socket, host)));
      socket.setNoDelay(true);
      socket.once('error', reject);
    });
  }

  constructor(socket, host) {
    this.#socket = socket;
    this.#host = host;
    socket.on('data', (chunk) => {
      this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
      this.#look();
    });
    socket.on('error', (error) => this.#waiting?.reject(error));
    socket.on('close', () => this.#waiting?.reject(new Error('the server has closed the connection')));
  }

  /** @param {HttpRequest} request @returns {Promise<string>} the answer @throws when it is not a success */
  send({ method, path, body }) {
    const text = body === undefined ? '' : JSON.stringify(body);
    const length = Buffer.byteLength(text);
    const entity = method === 'GET' ? '' : `content-type: application/json\r\ncontent-length: ${length}\r\n`;
    this.#socket.write(`${method} ${path} HTTP/1.1\r\nhost: ${this.#host}\r\n${entity}\r\n${text}`);
    const what = `${method} ${path}`;
    return new Promise((resolve, reject) => (this.#waiting = { what, resolve, reject }));
  }

  close() {
    this.#waiting = undefined;
    this.#socket.destroy();
  }

  #look() {
    const end = this.#received.indexOf('\r\n\r\n');
    if (end < 0 || this.#waiting === undefined) return;
    const head = this.#received.toString('latin1', 0, end);
    const length = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? NaN);
    const { what, resolve, reject } = this.#waiting;
    if (Number.isNaN(length)) return reject(new Error(`the answer does not say how long it is: ${head}`));
    const bodyEnd = end + 4 + length;
    if (this.#received.length < bodyEnd) return;
    const text = this.#received.toString('utf8', end + 4, bodyEnd);
    this.#received = this.#received.subarray(bodyEnd);
    this.#waiting = undefined;
    const status = Number(head.slice(9, 12));
    if (status < 300) resolve(text);
    else reject(new Error(`${what}: ${status} ${text.slice(0, 300)}`));
  }
}
