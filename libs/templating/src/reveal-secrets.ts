import type { Json } from '@workflow-engine/dag';
import { TemplateError } from './errors';
import { quote } from './expression/access';
import { setOwn } from './expression/value';
import { pointerKeys } from './json-pointer';
import type { SecretSlot } from './types';

/**
 * Puts the real secrets into a resolved value, just before a task runs. Only the recorded slots are filled: data
 * that merely looks like a reference stays as it is. The given value is not changed.
 * @throws TemplateError UNKNOWN_SECRET if `lookup` doesn't know a name
 */
export function revealSecrets(
  value: Json,
  slots: readonly SecretSlot[],
  lookup: (name: string) => string | undefined,
): Json {
  const root: { value: Json } = { value };
  const copied = new Set<Json>();
  for (const slot of slots) {
    const text = slot.parts
      .map((part) => (typeof part === 'string' ? part : secret(part.secret, slot.pointer, lookup)))
      .join('');
    put(root, ['value', ...pointerKeys(slot.pointer)], text, slot.pointer, copied);
  }
  return root.value;
}

function secret(name: string, pointer: string, lookup: (name: string) => string | undefined): string {
  const found = lookup(name);
  if (found !== undefined) return found;
  throw new TemplateError('UNKNOWN_SECRET', pointer, `This worker has no secret ${quote(name)}.`);
}

/** Replaces the text at `keys`, copying what contains it once. */
function put(root: object, keys: readonly string[], text: string, pointer: string, copied: Set<Json>): void {
  let container = root as Record<string, Json>;
  for (const [depth, key] of keys.entries()) {
    const current = Object.hasOwn(container, key) ? container[key] : undefined;
    if (depth === keys.length - 1) {
      if (typeof current !== 'string') throw misplaced(pointer);
      setOwn(container, key, text);
      return;
    }
    if (typeof current !== 'object' || current === null) throw misplaced(pointer);
    const mine = copied.has(current) ? current : copyOf(current);
    copied.add(mine);
    setOwn(container, key, mine);
    container = mine as Record<string, Json>;
  }
}

function copyOf(value: object): Json {
  return (Array.isArray(value) ? value.slice() : { ...value }) as Json;
}

function misplaced(pointer: string): TemplateError {
  return new TemplateError(
    'TEMPLATE_ERROR',
    pointer,
    'A secret belongs here, but there is no text at this place.',
  );
}
