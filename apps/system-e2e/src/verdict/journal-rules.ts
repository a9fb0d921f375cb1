import { TERMINAL_EVENTS } from '@workflow-engine/contracts';
import type { JournalEvent } from '@workflow-engine/contracts';

import type { NodeDocument } from '../load/workload';

/**
 * What a journal of an ended execution must never show, whatever died while it was written. Knows nothing of how
 * the engine decides; it only reads.
 */
export function journalFaults(
  nodes: readonly NodeDocument[],
  events: readonly JournalEvent[],
): readonly string[] {
  const reader = new JournalReader(nodes);
  for (const [index, event] of events.entries()) reader.read(event, index, events.length);
  if (events.length === 0) reader.faults.push('the journal is empty');
  return reader.faults;
}

class JournalReader {
  readonly faults: string[] = [];
  private readonly dependencies: ReadonlyMap<string, readonly string[]>;
  private readonly scheduled = new Map<string, number>();
  private readonly outcomes = new Set<string>();
  private readonly ended = new Set<string>();

  constructor(nodes: readonly NodeDocument[]) {
    this.dependencies = new Map(nodes.map(({ id, dependencies = [] }) => [id, dependencies]));
  }

  read(event: JournalEvent, index: number, count: number): void {
    const { seq, type } = event;
    this.expect(seq === index + 1, `event ${index + 1} has seq ${seq}`);
    this.expect((type === 'ExecutionStarted') === (index === 0), `${type} at ${seq}`);
    this.expect(TERMINAL_EVENTS.includes(type) === (index === count - 1), `${type} at ${seq} of ${count}`);
    switch (event.type) {
      case 'NodeScheduled':
        this.begin(event.node_id, seq);
        this.expect(
          event.attempt === (this.scheduled.get(event.node_id) ?? 0) + 1,
          `${event.node_id}: attempt ${event.attempt} scheduled at ${seq} out of turn`,
        );
        this.scheduled.set(event.node_id, event.attempt);
        return;
      case 'NodeStarted':
      case 'TaskRedelivered':
        this.begin(event.node_id, seq);
        this.expect(
          this.isOpen(event.node_id, event.attempt),
          `${event.node_id}: ${type} at ${seq}, but not open`,
        );
        return;
      case 'RetryScheduled':
        return this.outcome(event.node_id, event.attempt, seq);
      case 'NodeCompleted':
      case 'NodeFailed':
        this.begin(event.node_id, seq);
        this.outcome(event.node_id, event.attempt, seq);
        this.ended.add(event.node_id);
        return;
      case 'NodeSkipped':
        this.begin(event.node_id, seq);
        this.ended.add(event.node_id);
        return;
      default:
    }
  }

  /** Whatever happens to a node, happens after its dependencies and before its own end. */
  private begin(node: string, seq: number): void {
    this.expect(!this.ended.has(node), `${node}: goes on at ${seq} after its end`);
    for (const dependency of this.dependencies.get(node) ?? []) {
      this.expect(this.ended.has(dependency), `${node}: begins at ${seq}, before "${dependency}" has ended`);
    }
  }

  private outcome(node: string, attempt: number, seq: number): void {
    const key = `${node}:${attempt}`;
    this.expect(!this.outcomes.has(key), `${node}: second outcome of attempt ${attempt} at ${seq}`);
    this.outcomes.add(key);
  }

  private isOpen(node: string, attempt: number): boolean {
    return this.scheduled.get(node) === attempt && !this.outcomes.has(`${node}:${attempt}`);
  }

  private expect(holds: boolean, fault: string): void {
    if (!holds) this.faults.push(fault);
  }
}
