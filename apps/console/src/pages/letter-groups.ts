import type { DeadLetter } from '@workflow-engine/contracts';

export interface LetterGroup {
  readonly key: string;
  readonly handler: string;
  /** Of the newest. */
  readonly error: DeadLetter['error'];
  readonly letters: readonly DeadLetter[];
}

/** By error code and handler, the largest group first. */
export function groupLetters(letters: readonly DeadLetter[]): readonly LetterGroup[] {
  const groups = new Map<string, { handler: string; error: DeadLetter['error']; letters: DeadLetter[] }>();
  for (const letter of letters) {
    const { error, handler } = letter;
    const key = JSON.stringify([error.code, handler]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { handler, error, letters: [letter] });
    else group.letters.push(letter);
  }
  return [...groups]
    .map(([key, group]) => ({ key, ...group }))
    .sort((a, b) => b.letters.length - a.letters.length);
}
