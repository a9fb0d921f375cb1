import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@workflow-engine/dag';
import fc from 'fast-check';
import { TemplateError } from './errors';
import { quote } from './expression/access';
import { compileNodes, evaluate, nodesWith, resolveConfig, resolveText, scopeOf } from './testing/fixture';

const json = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<Json>;
const keys = fc.constantFrom('x', 'items', '__proto__', 'constructor', 'length', 'odd key', 'toString', '0');
const steps = fc.array(fc.oneof(keys, fc.nat(3)), { maxLength: 4 });
const tricky: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, 1, 'text', true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(keys, tie('value'), { maxKeys: 4, noNullPrototype: true }) as fc.Arbitrary<Json>,
  ),
})).value;

/** The value, or the message without the expression that heads it. */
function outcome(expression: string, output: Json): string {
  try {
    return JSON.stringify(evaluate(expression, { outputs: { a: output } }));
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    return `${error.code} ${error.message.slice(error.message.indexOf('`: ') + 3)}`;
  }
}

describe('properties', () => {
  it('a path gives the same alone (no CEL) and as part of a larger expression (CEL)', () => {
    fc.assert(
      fc.property(tricky, steps, (output, path) => {
        const source = `a.output${path.map((step) => (typeof step === 'number' ? `[${step}]` : `[${quote(step)}]`)).join('')}`;
        expect(outcome(`true ? ${source} : null`, output)).toBe(outcome(source, output));
      }),
      { numRuns: 500 },
    );
  });

  it('text without ${ passes through unchanged', () => {
    fc.assert(
      fc.property(
        fc.string().map((text) => text.replaceAll('${', '$ {')),
        (text) => {
          expect(resolveText(text)).toBe(text);
        },
      ),
    );
  });

  it('any JSON travels through a template unchanged, whatever it looks like', () => {
    const marked = fc.string().map((text) => `\${secrets.X} \${a.output} $\${ ${text}`);
    fc.assert(
      fc.property(fc.oneof(json, tricky, marked), (output) => {
        const { value, secrets } = resolveConfig({ v: '${a.output}' }, { outputs: { a: output } });
        expect(JSON.stringify((value as JsonObject).v)).toBe(JSON.stringify(output));
        expect(secrets).toEqual([]);
      }),
    );
  });

  it('any text in a config is either refused with faults or resolves or ends in a TemplateError', () => {
    const fragment = fc.constantFrom(
      ...[
        'a',
        '.output',
        '.x',
        '[0]',
        '["k"]',
        ' + ',
        '1',
        '"s"',
        '(',
        ')',
        '[',
        ']',
        '{',
        '}',
        ',',
        ':',
        '?',
        '!',
      ],
      ...[
        'size',
        '.map(',
        'x',
        'in',
        'nodes',
        'secrets.K',
        'execution',
        '-',
        '//',
        "'",
        '"""',
        '${',
        '$${',
        ' && ',
        'null',
      ],
    );
    const expressions = fc.array(fragment, { maxLength: 12 }).map((parts) => parts.join(''));
    const texts = fc.oneof(
      expressions.map((source) => `\${${source}}`),
      expressions,
      fc.string().map((text) => `\${${text}}`),
    );
    fc.assert(
      fc.property(texts, tricky, (text, output) => {
        const result = compileNodes(nodesWith({ config: { v: text }, when: text }));
        if (!result.ok) {
          for (const fault of result.faults) expect(fault.message).not.toBe('');
          return;
        }
        const node = result.value.nodes[2];
        for (const run of [
          () => node?.config.resolve(scopeOf({ outputs: { a: output } })),
          () => node?.when?.evaluate(scopeOf({})),
        ]) {
          try {
            run();
          } catch (error) {
            expect(error).toBeInstanceOf(TemplateError);
          }
        }
      }),
      { numRuns: 2000 },
    );
  });

  it('results hold JSON only', () => {
    const source = fc.constantFrom(
      '1',
      'a.output.n',
      'size("x")',
      '[1, 2u]',
      '{"k": 3}',
      '1.5',
      'timestamp(0)',
      'duration("1s")',
    );
    fc.assert(
      fc.property(fc.array(source, { minLength: 1, maxLength: 6 }), (items) => {
        const value = evaluate(`[${items.join(', ')}]`, { outputs: { a: { n: 1 } } });
        expect(JSON.parse(JSON.stringify(value))).toEqual(value);
      }),
    );
  });
});
