import { setTimeout as sleep } from 'node:timers/promises';

import { type DemoRequest, numberOf, ok, type Outcome, refused, type Route } from './exchange';
import { forgetOldest, type Ledger } from './ledger';

/** What goes wrong with real services, on demand. */

const maxKeys = 10_000;
const maxSlowMs = 120_000;

export function troubleRoutes(ledger: Ledger): readonly Route[] {
  const calls = new Map<string, number>();
  return [
    {
      method: '*',
      pattern: '/flaky',
      summary: 'Fails the first ?fails=2 calls of a ?key= with ?status=503, then succeeds',
      answer: (request) => flaky(calls, request),
    },
    {
      method: '*',
      pattern: '/slow',
      summary: 'Answers after ?ms=1000; the ledger tells when ?reference= has hung up before',
      answer: (request) => slow(ledger, request),
    },
    {
      method: '*',
      pattern: '/status/:code',
      summary: 'Answers with that status, 200 to 599',
      answer: ({ params }) => {
        const status = Number(params.code);
        if (!/^[2-5]\d\d$/.test(params.code ?? '')) return refused(400, 'Ask for a status from 200 to 599.');
        return status < 400 ? { status, body: { status } } : refused(status, `You asked for ${status}.`);
      },
    },
    {
      method: '*',
      pattern: '/echo',
      summary: 'Gives the request back: method, query, headers and body',
      answer: ({ method, query, headers, body }) =>
        ok({ method, query: Object.fromEntries(query), headers, body }),
    },
  ];
}

function flaky(calls: Map<string, number>, { query }: DemoRequest): Outcome {
  const key = query.get('key') ?? '';
  const call = (calls.get(key) ?? 0) + 1;
  calls.delete(key);
  calls.set(key, call);
  forgetOldest(calls, maxKeys);
  const fails = numberOf(query, 'fails', 2, 1_000);
  if (call > fails) return ok({ key, call, message: `succeeded on call ${call}` });
  const status = Math.max(400, numberOf(query, 'status', 503, 599));
  return refused(status, `Call ${call} with this key; the first ${fails} fail.`);
}

async function slow(ledger: Ledger, { query, gone }: DemoRequest): Promise<Outcome> {
  const ms = numberOf(query, 'ms', 1_000, maxSlowMs);
  const reference = query.get('reference') ?? '';
  ledger.record('slow-started', reference, null, { ms });
  try {
    await sleep(ms, undefined, { signal: gone });
  } catch {
    ledger.record('slow-aborted', reference, null, { ms });
    return 'drop';
  }
  return ok({ waited_ms: ms });
}
