import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflow-engine/dag';
import { revealSecrets } from './reveal-secrets';
import {
  compiled,
  failureOf,
  faultsOf,
  faultsOfText,
  nodesWith,
  resolveConfig,
  scopeOf,
} from './testing/fixture';

const vault = (name: string): string | undefined => (name === 'KEY' ? 's3cret' : undefined);

describe('secrets', () => {
  it('stay references in the resolved value, and only the worker puts them in', () => {
    const { value, secrets } = resolveConfig({
      headers: { 'x/auth': 'Bearer ${secrets.KEY} for ${execution.id}', plain: 'n' },
      key: '${secrets.KEY}',
      list: [1, '${ secrets.KEY }'],
    });
    expect(value).toEqual({
      headers: { 'x/auth': 'Bearer ${secrets.KEY} for exec-1', plain: 'n' },
      key: '${secrets.KEY}',
      list: [1, '${secrets.KEY}'],
    });
    expect(JSON.stringify(secrets)).not.toContain('s3cret');
    const before = JSON.stringify(value);
    expect(revealSecrets(value, secrets, vault)).toEqual({
      headers: { 'x/auth': 'Bearer s3cret for exec-1', plain: 'n' },
      key: 's3cret',
      list: [1, 's3cret'],
    });
    expect(JSON.stringify(value)).toBe(before);
  });

  it('are never expanded from data that merely looks like a reference', () => {
    const outputs = { a: '${secrets.KEY}' };
    const { value, secrets } = resolveConfig(
      { v: '${a.output}', mixed: '${a.output} ${secrets.KEY}', esc: '$${secrets.KEY}' },
      { outputs },
    );
    expect(revealSecrets(value, secrets, vault)).toEqual({
      v: '${secrets.KEY}',
      mixed: '${secrets.KEY} s3cret',
      esc: '${secrets.KEY}',
    });
  });

  it('are named by the template, which is not static', () => {
    const config = compiled(nodesWith({ config: { v: '${secrets.KEY}${secrets.B}${secrets.KEY}' } })).nodes[2]
      ?.config;
    expect(config?.isStatic).toBe(false);
    expect(config?.secretNames).toEqual(['KEY', 'B']);
  });

  it('that the worker does not have end in UNKNOWN_SECRET', () => {
    const { value, secrets } = resolveConfig({ v: ['${secrets.OTHER}'] });
    expect(failureOf(() => revealSecrets(value, secrets, vault))).toMatchObject({
      code: 'UNKNOWN_SECRET',
      pointer: '/v/0',
      message: expect.stringContaining('"OTHER"'),
    });
  });

  it('are not put into a value that has changed its shape', () => {
    const slots = [{ pointer: '/v', parts: [{ secret: 'KEY' }] }];
    for (const value of [{ v: 1 }, { w: 'x' }, null, []]) {
      expect(failureOf(() => revealSecrets(value, slots, vault)).code).toBe('TEMPLATE_ERROR');
    }
  });

  it('can stand under a key such as __proto__', () => {
    const { value, secrets } = resolveConfig(
      JSON.parse('{"__proto__": {"k": "${secrets.KEY}"}}') as JsonObject,
    );
    const revealed = revealSecrets(value, secrets, vault);
    expect(JSON.stringify(revealed)).toBe('{"__proto__":{"k":"s3cret"}}');
    expect(Object.getPrototypeOf(revealed)).toBe(Object.prototype);
  });

  it.each([
    '${secrets.KEY + "x"}',
    '${secrets["KEY"]}',
    '${secrets}',
    '${size(secrets.KEY)}',
    '${[secrets.KEY]}',
  ])('allow no operations: %s', (text) =>
    expect(faultsOfText(text)).toEqual([expect.objectContaining({ code: 'SECRET_NOT_ALLOWED' })]),
  );

  it('are banned from conditions and from the output', () => {
    const faults = faultsOf(nodesWith({ when: 'secrets.KEY == "x"' }), undefined, { o: 'x ${secrets.KEY}' });
    expect(faults.map(({ code, pointer }) => [code, pointer])).toEqual([
      ['SECRET_NOT_ALLOWED', '/dag/nodes/2/when'],
      ['SECRET_NOT_ALLOWED', '/output/o'],
    ]);
  });

  it('are hidden by a node of that name', () => {
    const nodes = [
      { id: 'secrets', handler: 'noop' },
      { id: 'c', handler: 'noop', dependencies: ['secrets'], config: { v: '${secrets.output}' } },
    ];
    const scope = { ...scopeOf({}), node: () => ({ output: 'node', status: 'COMPLETED', error: null }) };
    expect(compiled(nodes).nodes[1]?.config.resolve(scope)).toEqual({ value: { v: 'node' }, secrets: [] });
  });
});
