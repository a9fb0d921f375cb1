import {
  autocompletion,
  type Completion,
  type CompletionContext,
  type CompletionResult,
  snippet,
  startCompletion,
} from '@codemirror/autocomplete';
import type { Extension } from '@codemirror/state';
import { type EditorView, hoverTooltip, type Tooltip } from '@codemirror/view';
import type { Json, JsonObject } from '@workflow-engine/contracts';
import { JsonSource } from '@workflow-engine/json-source';

import { describe, schemasAt } from './schema';
import { suggest, type Suggestion } from './suggestions';

/** Completion and explanations from the schema. */
export function assistance(schema: JsonObject): Extension {
  return [
    autocompletion({ override: [(context) => complete(context, schema)], icons: false }),
    hoverTooltip((view, offset) => explain(view, offset, schema)),
  ];
}

function complete(context: CompletionContext, schema: JsonObject): CompletionResult | null {
  const { pos, explicit, state } = context;
  const text = state.doc.toString();
  const found = suggest(text, pos, schema);
  if (found === undefined || found.options.length === 0) return null;
  const { from, to, options } = found;
  // Nothing pops up between things unless it is asked for.
  if (!explicit && from === pos && !/["{.]/.test(text.charAt(pos - 1))) return null;
  return {
    from,
    options: options.map((option) => completionOf(option, to - pos)),
    validFor: /^["\w.+-]*$/,
    getMatch: ({ label, displayLabel }, matched = []) =>
      label === displayLabel ? matched : matched.map((place) => Math.max(0, place - 1)),
  };
}

/** `behind`: how much of what is replaced stands behind the cursor, such as a closing quote. */
function completionOf(suggestion: Suggestion, behind: number): Completion {
  const { label, detail, description, kind } = suggestion;
  const insert = snippet(suggestion.snippet);
  return {
    label,
    displayLabel: label.replace(/^"(.*)"$/, '$1'),
    type: kind,
    ...(detail !== '' && { detail }),
    ...(description !== '' && { info: description }),
    apply: (view, completion, from, to) => {
      insert(view, completion, from, to + behind);
      if (kind === 'property') startCompletion(view);
    },
  };
}

function explain(view: EditorView, offset: number, schema: JsonObject): Tooltip | null {
  const source = new JsonSource(view.state.doc.toString());
  const path = source.pathAt(offset);
  const name = path.at(-1);
  if (name === undefined) return null;
  const about = describe(schemasAt(schema, path, source.value() as Json | undefined));
  const lines = [
    about.description,
    about.types.length > 0 ? `Type: ${about.types.join(' or ')}` : '',
    about.values.length > 1 ? `One of: ${about.values.map((value) => JSON.stringify(value)).join(', ')}` : '',
    about.default === undefined ? '' : `Default: ${JSON.stringify(about.default)}`,
  ].filter((line) => line !== '');
  if (lines.length === 0) return null;
  return { pos: offset, above: true, create: () => ({ dom: tooltipOf(String(name), lines) }) };
}

function tooltipOf(name: string, lines: readonly string[]): HTMLElement {
  const dom = document.createElement('div');
  dom.className = 'cm-hover';
  const title = dom.appendChild(document.createElement('strong'));
  title.textContent = name;
  for (const line of lines) dom.appendChild(document.createElement('p')).textContent = line;
  return dom;
}
