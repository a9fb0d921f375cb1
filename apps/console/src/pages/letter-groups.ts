import type { DeadLetter } from '@workflow-engine/contracts';

export interface LetterGroup {
  readonly key: string;
  readonly code: string;
  readonly handler: string;
  /** Of the workflow. */
  readonly name: string;
  readonly letters: readonly DeadLetter[];
}

/** By error code, workflow and handler, the largest group first. */
export function groupLetters(letters: readonly DeadLetter[]): readonly LetterGroup[] {
  const groups = new Map<string, LetterGroup & { readonly letters: DeadLetter[] }>();
  for (const letter of letters) {
    const { error, handler, name } = letter;
    const key = JSON.stringify([error.code, name, handler]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { key, code: error.code, handler, name, letters: [letter] });
    else group.letters.push(letter);
  }
  return [...groups.values()].sort((a, b) => b.letters.length - a.letters.length);
}
