import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type DefinitionLimits, parseDefinition } from './index';

/** Generous against a busy machine; a quadratic check would take minutes. */
const bearableMs = 10_000;

function checkQuickly(document: unknown, limits: Partial<DefinitionLimits> = {}): string[] {
  const start = performance.now();
  const checked = parseDefinition(document, { limits });
  expect(performance.now() - start).toBeLessThan(bearableMs);
  const faults = checked.ok ? [] : checked.faults;
  // An answer must not be much larger than what was asked.
  expect(JSON.stringify(faults).length).toBeLessThan(500_000);
  return faults.map((fault) => fault.code);
}

const nested = (levels: number): unknown => JSON.parse('['.repeat(levels) + ']'.repeat(levels));
const node = (id: string, dependencies: string[] = []): unknown => ({ id, handler: 'noop', dependencies });

describe('hostile documents', () => {
  it.each<[string, unknown]>([
    ['the document', nested(10_000)],
    ['dag', { name: 'x', dag: nested(10_000) }],
    ['a node', { name: 'x', dag: { nodes: [nested(10_000)] } }],
    ['config', { name: 'x', dag: { nodes: [{ id: 'a', handler: 'h', config: { k: nested(10_000) } }] } }],
    ['an unknown field', { name: 'x', dag: { nodes: [node('a')] }, extra: nested(10_000) }],
    ['on_failure.catch', { name: 'x', dag: { nodes: [{ id: 'a', on_failure: { catch: nested(10_000) } }] } }],
  ])('nesting of 10,000 levels in %s is TOO_DEEP', (_where, document) => {
    expect(checkQuickly(document)).toContain('TOO_DEEP');
  });

  it('structures that contain themselves end', () => {
    const loop: Record<string, unknown> = {};
    loop.left = loop;
    loop.right = loop;
    expect(checkQuickly(loop, { values: 50_000 })).toContain('TOO_DEEP');
    const shared = Array.from({ length: 60 }).reduce<unknown>((inner) => [inner, inner], 'leaf');
    const document = { name: 'x', dag: { nodes: [node('a')] }, output: shared };
    expect(checkQuickly(document, { values: 50_000 })).toEqual(['TOO_LARGE']);
  });

  it('100,000 misspelt dependencies', () => {
    const nodes = Array.from({ length: 100_000 }, (_, i) => node(`node_${i}`, [`nodee_${i}`, `nide_${i}`]));
    expect(checkQuickly({ name: 'x', dag: { nodes } })).toHaveLength(101);
  });

  it('ids as long and as alike as allowed', () => {
    const nodes = Array.from({ length: 30_000 }, (_, i) =>
      node('x'.repeat(60) + String(i), ['x'.repeat(62) + String(i)]),
    );
    expect(checkQuickly({ name: 'x', dag: { nodes } })).toHaveLength(101);
  });

  it('a million unknown fields, and one as long as the document', () => {
    const many = Object.fromEntries(Array.from({ length: 300_000 }, (_, i) => [`key_${i}`, i]));
    expect(checkQuickly(many)).toContain('MORE_FAULTS');
    const long = 'k'.repeat(5_000_000);
    const bad = Array.from({ length: 200 }, () => '\0');
    expect(checkQuickly({ [long]: { [long]: bad } })).toContain('MORE_FAULTS');
  });

  it('100,000 nodes on one cycle, and 50,000 cycles of two', () => {
    const ring = Array.from({ length: 100_000 }, (_, i) => node(`n${i}`, [`n${(i + 1) % 100_000}`]));
    expect(checkQuickly({ name: 'x', dag: { nodes: ring } })).toEqual(['CYCLE']);
    const pairs = Array.from({ length: 100_000 }, (_, i) => node(`n${i}`, [`n${i ^ 1}`]));
    expect(checkQuickly({ name: 'x', dag: { nodes: pairs } })).toHaveLength(101);
  });

  it('a cycle through ids of a megabyte', () => {
    const [a, b] = ['a'.repeat(1_000_000), '\n'.repeat(1_000_000)];
    const document = { name: 'x', dag: { nodes: [node(a, [b]), node(b, [a])] } };
    expect(checkQuickly(document)).toEqual(['INVALID_ID', 'INVALID_ID', 'CYCLE']);
  });

  it.each(['P' + '1'.repeat(1_000_000), 'PT' + '1.'.repeat(500_000), '1'.repeat(1_000_000)])(
    'a duration of a million characters',
    (timeout) => {
      expect(checkQuickly({ name: 'x', timeout, dag: { nodes: [node('a')] } })).toEqual(['INVALID_DURATION']);
    },
  );
});

describe('any document at all', () => {
  const field = fc.constantFrom(
    ...['name', 'dag', 'nodes', 'id', 'handler', 'dependencies', 'config', 'join', 'retry', 'timeout'],
    ...[
      'at_least',
      'labels',
      '__proto__',
      'constructor',
      'on_failure',
      'catch',
      'retry_on',
      'interval',
      'a/b~',
    ],
  );
  const { value: document } = fc.letrec((tie) => ({
    value: fc.oneof(
      { depthSize: 'medium', withCrossShrink: true },
      fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
      fc.constantFrom('a', 'PT1S', 'all_done', 'nodes', ''),
      fc.array(tie('value'), { maxLength: 4 }),
      fc.dictionary(field, tie('value'), { maxKeys: 6, noNullPrototype: false }),
    ),
  }));
  const almost = fc.record({
    name: fc.oneof(fc.constant('x'), document),
    dag: fc.record({
      nodes: fc.array(fc.record({ id: fc.oneof(fc.constantFrom('a', 'b'), document), x: document })),
    }),
  });

  it('is accepted or refused with resolvable pointers, never thrown at', () => {
    fc.assert(
      fc.property(fc.oneof(document, almost, fc.jsonValue()), (submitted) => {
        const checked = parseDefinition(submitted);
        if (checked.ok) return;
        expect(checked.faults.length).toBeGreaterThan(0);
        for (const { code, pointer, message } of checked.faults) {
          expect(code).toMatch(/^[A-Z_]+$/);
          expect(message).toMatch(/\.$|\?$/);
          expect(resolves(submitted, pointer)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});

/** RFC 6901, section 4. */
function resolves(root: unknown, pointer: string): boolean {
  let value = root;
  for (const token of pointer.split('/').slice(1)) {
    const key = token.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof value !== 'object' || value === null || !(key in value)) return false;
    value = (value as Record<string, unknown>)[key];
  }
  return true;
}
