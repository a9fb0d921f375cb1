/**
 * Text for the journal out of whatever a handler threw or logged. Never throws itself: handlers throw objects
 * without a prototype, errors with getters, and worse.
 */
export function taskText(value: unknown, maxChars: number): string {
  const text = textOf(value);
  return text.length > maxChars ? `${text.slice(0, maxChars)}…` : text;
}

function textOf(value: unknown): string {
  try {
    const text: unknown = value instanceof Error ? value.message : value;
    return typeof text === 'string' ? text : String(text);
  } catch {
    return 'something that cannot be shown as text';
  }
}
