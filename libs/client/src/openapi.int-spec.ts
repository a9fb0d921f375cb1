import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Ajv2020 } from 'ajv/dist/2020';

import { collect } from '../testing/collect';
import {
  doubling,
  type EngineUnderTest,
  failing,
  gated,
  type Operation,
  startEngine,
} from '../testing/engine';
import { WorkflowClient } from './index';

/** What a program has no use for: documentation, monitoring, second names of routes. */
const leftOut =
  /^(?:GET \/(?!api)|POST \/workflow|GET \/api\/v1\/(?:health|metrics)|DELETE \/api\/v1\/workflows)/;

let engine: EngineUnderTest;
const used = new Set<string>();
const faults: string[] = [];

beforeAll(async () => {
  engine = await startEngine();
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema(engine.document, 'api');
  const client = new WorkflowClient({
    url: engine.url,
    fetch: (url, init) => {
      check(ajv, url, init);
      return fetch(url, init);
    },
  });
  await useEverything(client);
}, 60_000);
afterAll(() => engine.stop());

/** Compares a request with the operation it is meant for. */
function check(ajv: Ajv2020, url: string, { method = 'GET', headers, body }: RequestInit): void {
  const { pathname, searchParams } = new URL(url);
  const [route, operation] = operationOf(method, pathname);
  if (operation === undefined) {
    faults.push(`${method} ${pathname} does not exist`);
    return;
  }
  used.add(`${method} ${route}`);
  for (const name of searchParams.keys()) {
    if (!operation.parameters.some((parameter) => parameter.in === 'query' && parameter.name === name)) {
      faults.push(`${method} ${route} has no parameter ${name}`);
    }
  }
  for (const name of new Headers(headers).keys()) {
    const known = operation.parameters.some((parameter) => parameter.name.toLowerCase() === name);
    if (!known && !['accept', 'content-type'].includes(name))
      faults.push(`${method} ${route} has no header ${name}`);
  }
  const schema = operation.requestBody?.content['application/json'].schema;
  if ((schema === undefined) !== (body === undefined))
    faults.push(`${method} ${route}: a body too much, or none`);
  if (schema === undefined || typeof body !== 'string') return;
  const absolute = JSON.parse(JSON.stringify(schema).replaceAll('"#/', '"api#/')) as object;
  if (!ajv.validate(absolute, JSON.parse(body))) faults.push(`${method} ${route}: ${ajv.errorsText()}`);
}

function operationOf(method: string, path: string): readonly [string, Operation | undefined] {
  const matching = Object.keys(engine.document.paths)
    .filter((route) => new RegExp(`^${route.replace(/\{\w+\}/g, '[^/]+')}$`).test(path))
    .sort((a, b) => a.split('{').length - b.split('{').length);
  const [route = ''] = matching;
  return [route, engine.document.paths[route]?.[method.toLowerCase()]];
}

async function useEverything(client: WorkflowClient): Promise<void> {
  const { definitions, deadLetters, monitoring } = client;
  for (const definition of [doubling, gated, failing]) await definitions.register(definition);
  await definitions.validate(doubling);
  await definitions.get('doubling');
  await definitions.get('doubling', { version: 1 });
  await definitions.list().page({ limit: 1 });
  await definitions.versions('doubling').page({ limit: 1, cursor: undefined });
  const { execution_id: id } = await client.submit(doubling);
  await client.trigger(id, { n: 1 });
  await client.wait(id);
  await client.status(id);
  await client.node(id, 'double');
  await collect(client.events(id, { after: 1 }));
  const { execution_id: waiting } = await client.start('gated', {
    input: {},
    version: 1,
    idempotencyKey: 'k',
  });
  await client.pause(waiting);
  await client.resume(waiting);
  await client.cancel(waiting, { reason: 'enough' });
  await client.startMany('doubling', [{ input: { n: 2 }, version: 1, idempotency_key: 'l' }, {}]);
  const { execution_id: failed } = await client.run('failing');
  await client.retry(failed);
  await client.wait(failed);
  await client.rerun(id, 'double');
  const { execution_id: other } = await client.run('failing');
  const letters = await deadLetters.list().page({ limit: 10 });
  const letterOf = (execution: string) =>
    letters.items.find((letter) => letter.execution_id === execution)?.id ?? '';
  await deadLetters.retry(letterOf(other));
  await client.wait(other);
  const [letter] = (await deadLetters.list().page()).items;
  await deadLetters.get(letter?.id ?? '');
  await deadLetters.discard(letter?.id ?? '');
  await monitoring.statistics({ window: 'PT15M' });
  await monitoring.queues();
  await monitoring.workers();
  const filter = { status: ['FAILED', 'COMPLETED'], name: 'doubling', labels: { team: 'sales' } } as const;
  await client.executions({ ...filter, since: '2026-01-01T00:00:00Z' }).page({ limit: 1 });
}

describe('the client and the OpenAPI document', () => {
  it('agree on every request', () => {
    expect(faults).toEqual([]);
  });

  it('know the same operations', () => {
    const documented = Object.entries(engine.document.paths).flatMap(([path, item]) =>
      Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(documented.filter((operation) => !used.has(operation) && !leftOut.test(operation))).toEqual([]);
  });

  it('would not agree on others', () => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    ajv.addSchema(engine.document, 'api');
    const before = faults.length;
    check(ajv, `${engine.url}/api/v1/workflow/cancel/1`, { method: 'POST' });
    check(ajv, `${engine.url}/api/v1/workflows?sort=name`, {});
    check(ajv, `${engine.url}/api/v1/definitions/a/executions`, { method: 'POST', body: '{"inputs": {}}' });
    expect(faults.splice(before)).toHaveLength(3);
  });
});
