/** Unregistered texts, kept in this browser until they are registered or discarded. */
export interface Draft {
  readonly text: string;
  /** ISO 8601. */
  readonly savedAt: string;
}

const key = (from: string): string => `definition-draft:${from}`;

/** `from` is the definition that is being changed; empty for one that begins anew. */
export function readDraft(from: string): Draft | undefined {
  try {
    const { text, savedAt } = JSON.parse(localStorage.getItem(key(from)) ?? '{}') as Partial<Draft>;
    return typeof text === 'string' && typeof savedAt === 'string' ? { text, savedAt } : undefined;
  } catch {
    return undefined;
  }
}

/** Whether it is safe now: browsers keep only a few megabytes, and some nothing at all. */
export function keepDraft(from: string, text: string): boolean {
  try {
    localStorage.setItem(key(from), JSON.stringify({ text, savedAt: new Date().toISOString() }));
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
