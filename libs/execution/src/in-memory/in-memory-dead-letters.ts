import type { Ids } from '../ports/clock';
import type { DeadLetter, DeadLetters } from '../ports/dead-letters';
import type { Page, PageRequest } from '../ports/definition-repository';
import type { NewDeadLetter } from '../ports/execution-repository';
import { pageOf } from './in-memory-page';

export class InMemoryDeadLetters implements DeadLetters {
  private readonly open = new Map<string, { readonly letter: DeadLetter; readonly seq: number }>();
  /** `execution id:seq` of all there ever were: one that comes again stays closed. */
  private readonly written = new Set<string>();
  /** Execution -> journal position up to which its letters are settled, also those that arrive late. */
  private readonly settledUpTo = new Map<string, number>();

  constructor(private readonly ids: Ids) {}

  async list(page: PageRequest): Promise<Page<DeadLetter>> {
    const letters = [...this.open.values()].map(({ letter }) => letter);
    const key = ({ createdAt, id }: DeadLetter): string => `${createdAt} ${id}`;
    return pageOf(letters, { list: 'dead-letters', order: 'descending', key }, page);
  }

  async count(upTo: number): Promise<number> {
    return Math.min(upTo, this.open.size);
  }

  async find(id: string): Promise<DeadLetter | undefined> {
    return this.open.get(id)?.letter;
  }

  async discard(id: string): Promise<boolean> {
    return this.open.delete(id);
  }

  /** For the execution repository, which writes letters with the journal they come from. */
  settleUpTo(executionId: string, upToSeq: number): void {
    if (upToSeq <= (this.settledUpTo.get(executionId) ?? 0)) return;
    this.settledUpTo.set(executionId, upToSeq);
    for (const { letter, seq } of this.open.values()) {
      if (letter.executionId === executionId && seq <= upToSeq) this.open.delete(letter.id);
    }
  }

  /** For the execution repository: the letter of one journal position, which may be yet to come. */
  settle(executionId: string, seq: number): void {
    this.written.add(`${executionId}:${seq}`);
    for (const open of this.open.values()) {
      if (open.letter.executionId === executionId && open.seq === seq) this.open.delete(open.letter.id);
    }
  }

  /** For the execution repository. */
  write(executionId: string, name: string, { seq, ...letter }: NewDeadLetter): void {
    const position = `${executionId}:${seq}`;
    if (this.written.has(position)) return;
    this.written.add(position);
    if (seq <= (this.settledUpTo.get(executionId) ?? 0)) return;
    const id = this.ids.next();
    this.open.set(id, { letter: { id, executionId, name, ...letter }, seq });
  }
}
