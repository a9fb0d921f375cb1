import { asRecord } from './exchange';
import { firstSentences, keywords, mood, urgency } from './chat-text';

const maxDepth = 16;

/** A value that fits the schema (its common keywords), filled from what the text says. */
export function jsonFor(schema: unknown, text: string, name = '', depth = 0): unknown {
  const { type, properties, enum: choices, items, const: fixed } = asRecord(schema);
  if (depth > maxDepth) return null;
  if (fixed !== undefined) return fixed;
  if (Array.isArray(choices)) return chosen(choices as readonly unknown[], text);
  switch (type) {
    case 'object':
      return Object.fromEntries(
        Object.entries(asRecord(properties)).map(([key, inner]) => [
          key,
          jsonFor(inner, text, key, depth + 1),
        ]),
      );
    case 'array':
      return listFor(schema, items, text, name, depth);
    case 'integer':
    case 'number':
      return within(asRecord(schema), urgency(text));
    case 'boolean':
      return mood(text) < 0;
    default:
      return textFor(asRecord(schema), text);
  }
}

/** The choice that the text names; else the one that suits its mood; else the last, often "other". */
function chosen(choices: readonly unknown[], text: string): unknown {
  const lower = text.toLowerCase();
  const named = choices.find((choice) => typeof choice === 'string' && lower.includes(choice.toLowerCase()));
  if (named !== undefined) return named;
  const feeling = mood(text);
  const suiting = feeling > 0 ? 'positive' : feeling < 0 ? 'negative' : 'neutral';
  return choices.includes(suiting) ? suiting : choices.at(-1);
}

function listFor(schema: unknown, items: unknown, text: string, name: string, depth: number): unknown[] {
  const { maxItems, minItems } = asRecord(schema);
  const most = Math.max(typeof maxItems === 'number' ? Math.min(maxItems, 20) : 3, Number(minItems ?? 0));
  if (asRecord(items).type === 'string') return [...keywords(text, most)];
  return [jsonFor(items, text, name, depth + 1)];
}

function textFor({ maxLength }: Readonly<Record<string, unknown>>, text: string): string {
  const sentence = firstSentences(text, 1);
  return typeof maxLength === 'number' ? sentence.slice(0, maxLength) : sentence;
}

function within({ minimum, maximum }: Readonly<Record<string, unknown>>, value: number): number {
  const least = typeof minimum === 'number' ? minimum : -Infinity;
  const most = typeof maximum === 'number' ? maximum : Infinity;
  return Math.max(least, Math.min(most, value));
}
