/** Reading by counting words: what the imitated model understands. */

/** What a prompt is about: the part after its first blank line, or after a colon; else all of it. */
export function passage(prompt: string): string {
  const [, afterBlank] = /\n\s*\n([\s\S]+)$/.exec(prompt) ?? [];
  const [, afterColon] = /^[^:\n]{1,200}:\s*([\s\S]+)$/.exec(prompt) ?? [];
  return (afterBlank ?? afterColon ?? prompt).trim();
}

export function firstSentences(text: string, count: number): string {
  const sentences = text.replace(/\s+/g, ' ').match(/[^.!?]+[.!?]*/g) ?? [];
  return sentences.slice(0, count).join('').trim();
}

const praise = ['great', 'love', 'thanks', 'excellent', 'fast', 'happy', 'perfect', 'beautiful', 'helpful'];
const blame = [
  'broken',
  'late',
  'refund',
  'angry',
  'bad',
  'never',
  'wrong',
  'missing',
  'terrible',
  'damaged',
];
const haste = ['immediately', 'urgent', 'today', 'asap', 'now', 'lawyer'];

function countOf(text: string, wanted: readonly string[]): number {
  return words(text).filter((word) => wanted.includes(word)).length;
}

function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[a-z]+/g) ?? [];
}

/** Above 0: praise; below 0: blame. */
export function mood(text: string): number {
  return countOf(text, praise) - countOf(text, blame);
}

/** 1 (can wait) to 5 (now). */
export function urgency(text: string): number {
  return Math.max(1, Math.min(5, 1 + countOf(text, haste) + Math.max(0, -mood(text))));
}

const dull = new Set(
  'about after again also and are been before but can could did does for from had has have her his how into its just more not now only our out over she should some than that the their them then there they this was were what when which who will with would you your'.split(
    ' ',
  ),
);

/** The words said most often, the earlier one first when they are level. */
export function keywords(text: string, count: number): readonly string[] {
  const counts = new Map<string, number>();
  for (const word of words(text)) {
    if (word.length > 3 && !dull.has(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, count)
    .map(([word]) => word);
}
