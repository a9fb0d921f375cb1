import type { NodeStatus } from '@workflow-engine/contracts';

import type { OutlineNode } from './outline';

/** Fill and line; the same in all formats. */
export const statusColours: Readonly<Record<NodeStatus, readonly [fill: string, line: string]>> = {
  PENDING: ['#f6f8fa', '#8c959f'],
  SCHEDULED: ['#ddf4ff', '#54aeff'],
  RUNNING: ['#b6e3ff', '#0969da'],
  WAITING: ['#ddf4ff', '#54aeff'],
  PARKED: ['#fff8c5', '#bf8700'],
  COMPLETED: ['#dafbe1', '#1a7f37'],
  FAILED: ['#ffebe9', '#cf222e'],
  TIMED_OUT: ['#ffebe9', '#cf222e'],
  SKIPPED: ['#f6f8fa', '#d0d7de'],
  CANCELLED: ['#fff8c5', '#bf8700'],
};

/** https://mermaid.js.org/syntax/flowchart.html - GitHub and many wikis show it. */
export function toMermaid(nodes: readonly OutlineNode[]): string {
  // Ids may be words of the language; labels are quoted.
  const names = new Map(nodes.map(({ id }, index) => [id, `n${index}`]));
  const lines = nodes.map(
    ({ id, handler, status }) =>
      `  ${names.get(id) ?? ''}["${mermaidText(id)}<br/><i>${mermaidText(handler)}</i>"]${status === undefined ? '' : `:::${status}`}`,
  );
  const edges = nodes.flatMap(({ id, dependencies }) =>
    dependencies.map((from) => `  ${names.get(from) ?? ''} --> ${names.get(id) ?? ''}`),
  );
  const used = [...new Set(nodes.flatMap(({ status }) => (status === undefined ? [] : [status])))];
  const classes = used.map((status) => {
    const [fill, line] = statusColours[status];
    return `  classDef ${status} fill:${fill},stroke:${line},color:#1f2328`;
  });
  return ['flowchart LR', ...lines, ...edges, ...classes, ''].join('\n');
}

function mermaidText(text: string): string {
  return text.replace(/[^\w .:-]/g, (character) => `#${character.codePointAt(0) ?? 0};`);
}

/** https://graphviz.org/doc/info/lang.html: `wfe graph FILE --format dot | dot -Tpng` */
export function toDot(name: string, nodes: readonly OutlineNode[]): string {
  const lines = nodes.map(({ id, handler, status }) => {
    const [fill, line] = statusColours[status ?? 'PENDING'];
    return `  ${quoted(id)} [label=${quoted(`${id}\n${handler}`)}, fillcolor="${fill}", color="${line}"];`;
  });
  const edges = nodes.flatMap(({ id, dependencies }) =>
    dependencies.map((from) => `  ${quoted(from)} -> ${quoted(id)};`),
  );
  const style = '  rankdir=LR;\n  node [shape=box, style="rounded,filled", fontname="sans-serif"];';
  return [`digraph ${quoted(name)} {`, style, ...lines, ...edges, '}', ''].join('\n');
}

function quoted(text: string): string {
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
