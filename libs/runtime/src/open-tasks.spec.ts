import { describe, expect, it } from '@jest/globals';
import type { CommitBatch, JournalEvent, Task } from '@workflow-engine/execution';

import { OpenTasks } from './open-tasks';

const at = '2026-01-01T00:00:00.000Z';
const t0 = Date.parse(at);
const started_at = new Date(t0 + 30).toISOString();

const task = (nodeId: string, attempt = 1): Task => ({
  executionId: 'e',
  nodeId,
  attempt,
  delivery: 1,
  queue: 'default',
  handler: 'work',
  config: {},
  secrets: [],
  reportStart: false,
});

type Batch = Pick<CommitBatch, 'journals' | 'tasks' | 'followed'>;

/** What the observer was told. */
function observe(commits: readonly Batch[], partition = 0): { told: string[]; open: OpenTasks } {
  const told: string[] = [];
  const open = new OpenTasks({
    onStarted: ({ task: { nodeId }, sentAt }, startedAt) =>
      told.push(`${nodeId} started after ${startedAt - sentAt}`),
    onEnded: ({ task: { nodeId, attempt } }, { type }) => told.push(`${nodeId} ${attempt} ${type}`),
  });
  for (const commit of commits) open.noteCommit(partition, commit as CommitBatch, t0);
  return { told, open };
}

const send = (...tasks: Task[]): Batch => ({ journals: [], tasks, followed: [] });
const events = (...facts: object[]): Batch => ({
  tasks: [],
  followed: [],
  journals: [
    {
      executionId: 'e',
      terminal: false,
      events: facts.map((fact) => ({ seq: 1, at, ...fact }) as JournalEvent),
    },
  ],
});
const completed = { type: 'NodeCompleted', node_id: 'a', attempt: 1, started_at };

describe('tasks between their commit and their outcome', () => {
  it('are observed when they start and when they end, once', () => {
    const { told } = observe([
      send(task('a')),
      events({ type: 'NodeStarted', node_id: 'a', attempt: 1, started_at }),
      events(completed),
      events(completed),
    ]);
    expect(told).toEqual(['a started after 30', 'a 1 NodeCompleted']);
  });

  it('are told apart by attempt, also within one commit', () => {
    const retry = { type: 'RetryScheduled', node_id: 'a', attempt: 1, started_at };
    const { told } = observe([
      send(task('a')),
      { ...events(retry), tasks: [task('a', 2)] },
      events({ type: 'NodeFailed', node_id: 'a', attempt: 2 }),
    ]);
    expect(told).toEqual(['a started after 30', 'a 1 RetryScheduled', 'a 2 NodeFailed']);
  });

  it('may have begun, and even ended, before the commit that tells of them', () => {
    const after = { executionId: 'e', nodeId: 'before', attempt: 1 };
    const { told } = observe([{ ...events(completed), followed: [{ after, task: task('a') }] }]);
    expect(told).toEqual(['a started after 30', 'a 1 NodeCompleted']);
  });

  it('are forgotten with their partition', () => {
    const { told, open } = observe([send(task('a'))]);
    open.forget(0);
    open.noteCommit(0, events(completed) as CommitBatch, t0);
    expect(told).toEqual([]);
  });
});
