/** Unregistered texts stay in this browser until they are registered or discarded. */
const key = (from: string): string => `definition-draft:${from}`;

/** `from` is the definition that is being changed; empty for one that begins anew. */
export function readDraft(from: string): string | undefined {
  try {
    const { text } = JSON.parse(localStorage.getItem(key(from)) ?? '{}') as { readonly text?: unknown };
    return typeof text === 'string' ? text : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is safe now: browsers keep only a few megabytes, and some nothing at all. */
export function keepDraft(from: string, text: string): boolean {
  try {
    localStorage.setItem(key(from), JSON.stringify({ text }));
    return true;
  } catch {
    return false;
  }
}

export function dropDraft(from: string): void {
  try {
    localStorage.removeItem(key(from));
  } catch {
    // Where nothing can be kept there is nothing to drop.
  }
}
