import type { Json, JsonObject } from '@workflow-engine/contracts';
import { JsonSource, type Span } from '@workflow-engine/json-source';
import { getLocation, type Node } from 'jsonc-parser';

import { graphOf, reachable, type WorkflowGraph } from '../graph/workflow-graph';
import { isObject, listOf } from '../json';
import { describe, type Path, schemasAt, valueAt } from './schema';

export interface Suggestion {
  /** What is seen and matched with what is typed. */
  readonly label: string;
  readonly detail: string;
  readonly description: string;
  /** What takes the place of the span; `${}` is where the cursor goes on. */
  readonly snippet: string;
  readonly kind: 'property' | 'enum' | 'variable';
}

export interface Suggestions extends Span {
  readonly options: readonly Suggestion[];
}

/** What can stand at an offset of a definition that is being written. */
export function suggest(text: string, offset: number, schema: JsonObject): Suggestions | undefined {
  const { path, previousNode, isAtPropertyKey } = getLocation(text, offset);
  const document = new JsonSource(text).value() as Json | undefined;
  const span = spanOfTyped(text, offset, previousNode);
  if (isAtPropertyKey) return { ...span, options: keysFor(text, span, path, schema, document) };
  const graph = isObject(document) ? graphOf(document) : undefined;
  const inTemplate = previousNode?.type === 'string' ? templateAt(text, offset, span, path) : undefined;
  if (inTemplate !== undefined) {
    return graph && { ...inTemplate, options: namesInScope(graph, nodeIdAt(document, path)) };
  }
  const ids = path.at(-2) === 'dependencies' && path.length === 5 ? possible(graph, document, path) : [];
  const options = [...ids.map((id) => valueOf(id, 'node')), ...valuesFor(path, schema, document)];
  return { ...span, options };
}

/** The token that the cursor is in or behind; nothing when it stands free. */
function spanOfTyped(text: string, offset: number, node: Node | undefined): Span {
  if (node !== undefined && node.offset <= offset && offset <= node.offset + node.length) {
    return { from: node.offset, to: node.offset + node.length };
  }
  const from = offset - (/[\w.+-]*$/.exec(text.slice(Math.max(0, offset - 40), offset))?.[0].length ?? 0);
  return { from, to: offset };
}

function keysFor(
  text: string,
  { from, to }: Span,
  path: Path,
  schema: JsonObject,
  document: Json | undefined,
): readonly Suggestion[] {
  const parent = path.slice(0, -1);
  const typed = text.slice(from, to).replaceAll('"', '');
  const owner = valueAt(document, parent);
  const present = new Set(isObject(owner) ? Object.keys(owner) : []);
  present.delete(typed);
  const hasColon = /^\s*:/.test(text.slice(to));
  const places = schemasAt(schema, parent, document);
  const required = new Set(places.flatMap((place) => listOf(place.required)));
  const names = new Set(
    places.flatMap(({ properties }) => (isObject(properties) ? Object.keys(properties) : [])),
  );
  return [...names]
    .filter((name) => !present.has(name))
    .map((name) => {
      const about = describe(schemasAt(schema, [...parent, name], document));
      const key = JSON.stringify(name);
      return {
        label: key,
        detail: required.has(name) ? 'required' : about.types.join(' | '),
        description: about.description,
        snippet: hasColon ? key : `${key}: ${beginning(about.types)}`,
        kind: 'property',
      };
    });
}

function beginning(types: readonly string[]): string {
  if (types.length === 1 || types[0] === 'string') {
    if (types[0] === 'string') return '"${}"';
    if (types[0] === 'object') return '{${}}';
    if (types[0] === 'array') return '[${}]';
  }
  return '${}';
}

function valuesFor(path: Path, schema: JsonObject, document: Json | undefined): readonly Suggestion[] {
  const about = describe(schemasAt(schema, path, document));
  const values = about.values.map((value) => valueOf(value, value === about.default ? 'default' : ''));
  if (values.length > 0) return values;
  return about.types.flatMap((type) => {
    if (type === 'object') return [{ ...valueOf('', 'object'), label: '{ }', snippet: '{${}}' }];
    if (type === 'array') return [{ ...valueOf('', 'list'), label: '[ ]', snippet: '[${}]' }];
    return [];
  });
}

function valueOf(value: Json, detail: string): Suggestion {
  const label = JSON.stringify(value);
  return { label, detail, description: '', snippet: escaped(label), kind: 'enum' };
}

/** Braces of the text itself, not of a place for the cursor. */
function escaped(text: string): string {
  return text.replaceAll(/[{}]/g, String.raw`\$&`);
}

function nodeIdAt(document: Json | undefined, path: Path): string | undefined {
  const id = valueAt(document, [...path.slice(0, 3), 'id']);
  return path[0] === 'dag' && typeof id === 'string' ? id : undefined;
}

/** Nodes that it does not depend on yet and that do not depend on it: anything else would be a cycle. */
function possible(
  graph: WorkflowGraph | undefined,
  document: Json | undefined,
  path: Path,
): readonly string[] {
  const own = nodeIdAt(document, path);
  if (graph === undefined) return [];
  const taken = new Set(own === undefined ? [] : (graph.nodes.get(own)?.dependencies ?? []));
  const after = own === undefined ? new Set() : reachable(own, (id) => graph.dependents.get(id));
  return [...graph.nodes.keys()].filter((id) => id !== own && !taken.has(id) && !after.has(id));
}

/** The name that is being written in a `${` of a text, or in a condition, which is an expression as a whole. */
function templateAt(text: string, offset: number, { from }: Span, path: Path): Span | undefined {
  const before = text.slice(from + 1, offset);
  const open = before.lastIndexOf('${');
  const isOpen = open >= 0 && !before.slice(open).includes('}');
  if (!isOpen && path.at(-1) !== 'when') return undefined;
  const name = /(?<![\w.])[A-Za-z_][\w.]*$|$/.exec(isOpen ? before.slice(open + 2) : before)?.[0] ?? '';
  return { from: offset - name.length, to: offset };
}

/** What an expression may refer to: the input, the execution, and the nodes before this one. */
function namesInScope(graph: WorkflowGraph, own: string | undefined): readonly Suggestion[] {
  const before =
    own === undefined
      ? [...graph.nodes.keys()]
      : [...reachable(own, (id) => graph.nodes.get(id)?.dependencies)];
  const plain = /^[A-Za-z_]\w*$/;
  const ofNodes = before.flatMap((id) => {
    const name = plain.test(id) ? id : `nodes[\\"${id}\\"]`;
    return ['output', 'status', 'error'].map((part) => variable(`${name}.${part}`, 'node'));
  });
  const ofAll = ['input', 'execution.id', 'execution.started_at', 'labels', 'secrets'];
  return [...ofNodes, ...ofAll.map((name) => variable(name, ''))];
}

function variable(name: string, detail: string): Suggestion {
  return { label: name, detail, description: '', snippet: escaped(name), kind: 'variable' };
}
