/** Small, valid documents and records for tests; every id and name is new, so tests can share a store. */
import type { Json, WorkflowDefinition } from '@workflow-engine/dag';

import type { JournalEvent } from '../src/decider/events';
import { JournalSection } from '../src/journal-section';
import type { ArchiveEntry, NewExecution } from '../src/ports/execution-repository';
import type { PartitionLease } from '../src/ports/partition-leases';

let counter = 0;

/** A UUIDv7 (RFC 9562) that sorts after all those made before it here. */
export function newId(): string {
  const now = Date.now();
  const count = counter++;
  return [
    hex(Math.floor(now / 0x1_00_00), 8),
    hex(now % 0x1_00_00, 4),
    `7${hex(Math.floor(count / 0x10_00) % 0x10_00, 3)}`,
    `8${hex(count % 0x10_00, 3)}`,
    hex(Math.floor(Math.random() * 2 ** 48), 12),
  ].join('-');
}

/** A name that no other test uses. */
export function newName(prefix = 'workflow'): string {
  return `${prefix}-${newId()}`;
}

export function aDefinition(overrides: Partial<WorkflowDefinition> = {}): WorkflowDefinition {
  return { name: newName(), dag: { nodes: [{ id: 'a', handler: 'noop' }] }, ...overrides };
}

export function aNewExecution(overrides: Partial<NewExecution> = {}): NewExecution {
  return {
    id: newId(),
    workflowId: newId(),
    version: 1,
    name: newName(),
    labels: {},
    createdAt: new Date().toISOString(),
    ...overrides,
  };
}

/** `from..to` of a journal in which node `n<seq>` completes at each position. */
export function someEvents(from: number, to: number, output: Json = { done: true }): readonly JournalEvent[] {
  return Array.from({ length: to - from + 1 }, (_, index) => ({
    seq: from + index,
    at: new Date(1_760_000_000_000 + from + index).toISOString(),
    type: 'NodeCompleted' as const,
    node_id: `n${from + index}`,
    attempt: 1,
    output,
  }));
}

/** The timeline of {@link anArchiveEntry}; a suite begins it before it archives anything. */
export const someTimeline: PartitionLease = { partition: 0, epoch: 1 };

export function anArchiveEntry(
  executionId: string,
  events: readonly JournalEvent[],
  overrides: Partial<Omit<ArchiveEntry, 'executionId' | 'section'>> = {},
): ArchiveEntry {
  const position = { partition: someTimeline.partition, timeline: someTimeline.epoch, turn: 1 };
  return {
    executionId,
    section: JournalSection.of(events),
    position,
    settlesDeadLetters: false,
    ...overrides,
  };
}

/** JSON that databases and careless serializers are known to lose, change or refuse. */
export const awkwardJson: Json = {
  nul: 'before\0after',
  loneSurrogates: ['\ud800', 'x\udfffy'],
  privateUse: '\ue000' + '0000',
  astral: '\u{1f600}',
  escapes: '\\u0000 "quoted" {braces} \\ \n\r\t\u2028',
  numbers: [1.7976931348623157e308, 5e-324, Number.MAX_SAFE_INTEGER, -0.1, 1e21],
  keys: JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "": 2, "a\\u0000b": 3}') as Json,
  empty: [{}, [], '', null, false],
};

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
