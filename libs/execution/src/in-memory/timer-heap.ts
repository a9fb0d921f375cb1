import type { Timer, TimerRef } from '../ports/execution-store';

/** Timers by due time: a binary heap; a timer that was cleared or set anew is skipped when it comes up. */
export class TimerHeap {
  private heap: Timer[] = [];
  private readonly current = new Map<string, Timer>();

  set(timer: Timer): void {
    this.current.set(keyOf(timer), timer);
    this.push(timer);
    if (this.heap.length > 2 * this.current.size + 1000) this.dropStale();
  }

  clear(ref: TimerRef): void {
    this.current.delete(keyOf(ref));
  }

  /** The earliest timers due at `now`, without removing them, and when the next one after them is due. */
  due(now: number, limit: number): { readonly due: Timer[]; readonly nextDueAt: number | undefined } {
    const due: Timer[] = [];
    for (let top = this.top(); top !== undefined; top = this.top()) {
      if (top.dueAt > now || due.length >= limit) break;
      due.push(top);
      this.pop();
    }
    const nextDueAt = this.top()?.dueAt;
    for (const timer of due) this.push(timer);
    return { due, nextDueAt };
  }

  /** Most timers are cleared long before they are due: they must not pile up until then. */
  private dropStale(): void {
    this.heap = [];
    for (const timer of this.current.values()) this.push(timer);
  }

  private push(timer: Timer): void {
    this.heap.push(timer);
    this.siftUp(this.heap.length - 1);
  }

  /** The earliest timer that still counts. */
  private top(): Timer | undefined {
    for (let top = this.heap[0]; top !== undefined; top = this.heap[0]) {
      if (this.current.get(keyOf(top)) === top) return top;
      this.pop();
    }
    return undefined;
  }

  private pop(): void {
    const last = this.heap.pop();
    if (last === undefined || this.heap.length === 0) return;
    this.heap[0] = last;
    this.siftDown(0);
  }

  private siftUp(start: number): void {
    for (let child = start; child > 0;) {
      const parent = (child - 1) >> 1;
      if (this.dueAt(parent) <= this.dueAt(child)) return;
      this.swap(parent, child);
      child = parent;
    }
  }

  private siftDown(start: number): void {
    for (let parent = start; ;) {
      const left = 2 * parent + 1;
      const child = this.dueAt(left + 1) < this.dueAt(left) ? left + 1 : left;
      if (this.dueAt(child) >= this.dueAt(parent)) return;
      this.swap(parent, child);
      parent = child;
    }
  }

  private dueAt(index: number): number {
    return this.heap[index]?.dueAt ?? Infinity;
  }

  private swap(a: number, b: number): void {
    const [first, second] = [this.heap[a], this.heap[b]];
    if (first === undefined || second === undefined) return;
    this.heap[a] = second;
    this.heap[b] = first;
  }
}

function keyOf({ executionId, nodeId }: TimerRef): string {
  return nodeId === undefined ? executionId : `${executionId}:${nodeId}`;
}
