import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@workflow-engine/contracts';

import { suggest } from './suggestions';

const schema: JsonObject = {
  type: 'object',
  required: ['name'],
  properties: {
    name: { type: 'string' },
    timeout: { $ref: '#/$defs/duration' },
    dag: {
      type: 'object',
      properties: { nodes: { type: 'array', items: { $ref: '#/$defs/node' } } },
    },
  },
  $defs: {
    duration: { description: 'How long.', type: ['string', 'number'] },
    node: {
      type: 'object',
      properties: {
        id: { type: 'string' },
        handler: { type: 'string', examples: ['http', 'noop'] },
        dependencies: { type: 'array', items: { type: 'string' } },
        config: { type: 'object' },
        when: { type: 'string' },
        on_failure: { enum: ['fail', 'continue'], default: 'fail' },
        cache: { type: 'boolean' },
      },
      allOf: [
        {
          if: { properties: { handler: { const: 'http' } } },
          then: { properties: { config: { anyOf: [{ properties: { url: { type: 'string' } } }, {}] } } },
        },
      ],
    },
  },
};

/** At the `|` of the text. */
function at(marked: string) {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  const found = suggest(text, offset, schema);
  if (found === undefined) return undefined;
  return {
    replaced: text.slice(found.from, found.to),
    labels: found.options.map(({ label }) => label),
    snippets: found.options.map(({ snippet }) => snippet),
  };
}
const nodes = (list: string) => `{"dag": {"nodes": [${list}]}}`;
const threeNodes = (third: string) =>
  nodes(`{"id": "a"}, {"id": "b-1", "dependencies": ["a"]}, ${third}, {"id": "d", "dependencies": ["c"]}`);

describe('suggest', () => {
  it('offers the keys that are not there yet', () => {
    expect(at('{"name": "x", |}')?.labels).toEqual(['"timeout"', '"dag"']);
  });

  it('replaces the key that is being written, with or without its closing quote', () => {
    expect(at('{"ti|"}')?.replaced).toBe('"ti"');
    expect(at('{"ti|')?.replaced).toBe('"ti');
    expect(at('{ti|}')?.replaced).toBe('ti');
    expect(at('{"name": "x", "ti|": 3}')).toMatchObject({
      replaced: '"ti"',
      snippets: ['"timeout"', '"dag"'],
    });
  });

  it('writes the colon and the brackets of a new key', () => {
    expect(at('{|}')?.snippets).toEqual(['"name": "${}"', '"timeout": "${}"', '"dag": {${}}']);
  });

  it('follows references, lists and conditions', () => {
    expect(at(nodes('{"handler": "http", "config": {|}}'))?.labels).toEqual(['"url"']);
    expect(at(nodes('{"handler": "noop", "config": {|}}'))?.labels).toEqual([]);
  });

  it('offers values', () => {
    expect(at(nodes('{"on_failure": |}'))?.labels).toEqual(['"fail"', '"continue"']);
    expect(at(nodes('{"on_failure": "c|"}'))?.replaced).toBe('"c"');
    expect(at(nodes('{"cache": |}'))?.labels).toEqual(['true', 'false']);
    expect(at(nodes('{"handler": "|"}'))?.labels).toEqual(['"http"', '"noop"']);
  });

  it('offers as dependencies what would make no cycle', () => {
    expect(at(threeNodes('{"id": "c", "dependencies": ["a", |]}'))?.labels).toEqual(['"b-1"']);
  });

  it('offers the names in scope of a template and of a condition', () => {
    const template = at(threeNodes('{"id": "c", "dependencies": ["b-1"], "config": {"x": "Hi ${inp|}"}}'));
    expect(template?.replaced).toBe('inp');
    expect(template?.labels).toContain('input');
    expect(template?.labels).toContain('a.output');
    expect(template?.labels).toContain('nodes[\\"b-1\\"].output');
    expect(template?.labels).not.toContain('d.output');
    expect(at(threeNodes('{"id": "c", "dependencies": ["b-1"], "when": "a.out|"}'))?.replaced).toBe('a.out');
    expect(at(threeNodes('{"id": "c", "config": {"x": "${a} |"}}'))?.labels).toEqual([]);
  });

  it('begins a document', () => {
    expect(at('|')?.snippets).toEqual(['{${}}']);
  });
});
