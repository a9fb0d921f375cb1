// The few calls of the REST API that the demo and the acceptance run need.
'use strict';

/** An answer that should not have come; its text says which call and what it got. */
class UnexpectedAnswer extends Error {
  name = 'UnexpectedAnswer';
}

/** @param {string} baseUrl of a running engine */
function engineAt(baseUrl) {
  const base = baseUrl.replace(/\/+$/, '');

  /** Waits when the engine's rate limit says so. */
  async function call(method, path, body) {
    for (let tries = 1; ; tries++) {
      const { retryAfter, ...answer } = await callOnce(method, path, body);
      if (answer.status !== 429 || tries === 5) return answer;
      await pause(Number(retryAfter) * 1000);
    }
  }

  async function callOnce(method, path, body) {
    const response = await fetch(base + path, {
      method,
      headers: body === undefined ? {} : { 'content-type': 'application/json' },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    const isJson = /json/.test(response.headers.get('content-type') ?? '');
    return {
      status: response.status,
      body: isJson && text !== '' ? JSON.parse(text) : text,
      retryAfter: response.headers.get('retry-after') ?? '1',
    };
  }

  /** A call that has to succeed. @throws UnexpectedAnswer */
  async function ask(method, path, body) {
    const answer = await call(method, path, body);
    if (answer.status < 300) return answer.body;
    const said = answer.body.detail ?? JSON.stringify(answer.body).slice(0, 300);
    throw new UnexpectedAnswer(`${method} ${path} answered ${answer.status}: ${said}`);
  }

  const execution = (id) => `/api/v1/workflows/${id}`;
  return {
    base,
    call,
    submit: (definition) => ask('POST', '/workflow', definition),
    trigger: (id, input) => ask('POST', `/workflow/trigger/${id}`, { input }),
    status: (id) => ask('GET', `/workflows/${id}`),
    results: (id) => ask('GET', `${execution(id)}/results`),
    node: (id, nodeId) => ask('GET', `${execution(id)}/nodes/${nodeId}`),
    retryDeadLetter: (id) => ask('POST', `/api/v1/dead-letters/${id}/retry`),
    /** The dead letter of an execution, looked for among the newest. */
    async deadLetterOf(id) {
      const { items } = await ask('GET', '/api/v1/dead-letters?limit=1000');
      return items.find((letter) => letter.execution_id === id);
    },
    /** All events so far. */
    async journal(id) {
      const events = [];
      for (let after = 0; ; after = events.at(-1).seq) {
        const { items, next_cursor: more } = await ask(
          'GET',
          `${execution(id)}/events?limit=1000&after=${after}`,
        );
        events.push(...items);
        if (more === null || items.length === 0) return events;
      }
    },
  };
}

const ENDED = ['COMPLETED', 'FAILED', 'CANCELLED', 'TIMED_OUT'];

/** Polls until the execution has ended. @throws UnexpectedAnswer when it takes too long */
async function untilEnded(engine, id, { timeoutMs = 60_000, onStatus = () => {} } = {}) {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const status = await engine.status(id);
    onStatus(status);
    if (ENDED.includes(status.status)) return status;
    if (Date.now() > deadline) {
      throw new UnexpectedAnswer(`execution ${id} is still ${status.status} after ${timeoutMs / 1000} s`);
    }
    await pause(100);
  }
}

function pause(ms) {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

module.exports = { ENDED, engineAt, pause, UnexpectedAnswer, untilEnded };
