/**
 * Postgres stores no U+0000 and no half surrogate pair in `text` and `jsonb`, while JavaScript strings may
 * hold both. Such a character becomes U+E000 (private use) and its four hex digits, and so does U+E000 itself:
 * nothing is lost, two texts never become one, and ordinary text stays as it is.
 */
const marker = '\ue000';
const unstorable = /[\0\ue000]|\p{Surrogate}/gu;
const marked = /\ue000([0-9a-f]{4})/g;

export function toStoredText(text: string): string {
  return text.replace(unstorable, (char) => marker + char.charCodeAt(0).toString(16).padStart(4, '0'));
}

export function fromStoredText(stored: string): string {
  if (!stored.includes(marker)) return stored;
  return stored.replace(marked, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** Labels as a `jsonb` document that Postgres can index. */
export function toStoredLabels(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(mapText(labels, toStoredText));
}

export function fromStoredLabels(stored: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return mapText(stored, fromStoredText);
}

// fromEntries defines properties, so that a label called `__proto__` stays a label.
function mapText(labels: Readonly<Record<string, string>>, change: (text: string) => string) {
  return Object.fromEntries(Object.entries(labels).map(([key, value]) => [change(key), change(value)]));
}
