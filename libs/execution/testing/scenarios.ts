/** Random workflows with the outcomes of their tasks, and a world that brings these about in a random order. */
import type { Json, NodeDefinition } from '@workflow-engine/dag';
import { revealSecrets } from '@workflow-engine/templating';
import fc from 'fast-check';

import { recover } from '../src/decider/decide';
import { replay } from '../src/decider/evolve';
import { isTerminal } from '../src/decider/status';
import type { Task } from '../src/ports/task-queue';
import { ExecutionRun } from './execution-run';
import { taskConfig, taskOutput } from './oracle';
import type { Given, PlannedNode } from './oracle';
import { SeededRandom } from './seeded-random';

const outcome = fc.constantFrom('ok', 'ok', 'ok', 'retryable', 'retryable', 'fatal', 'timeout', 'lost');
const kind = fc.constantFrom(
  ...([
    'task',
    'task',
    'task',
    'task',
    'task',
    'noop',
    'delay',
    'transform',
    'fail',
    'input',
    'output',
  ] as const),
);

function plannedNode(index: number): fc.Arbitrary<PlannedNode> {
  const dependencies = fc.uniqueArray(fc.nat(Math.max(0, index - 1)), {
    minLength: index < 2 ? 0 : 1,
    maxLength: index === 0 ? 0 : 3,
  });
  return dependencies.chain((on) => {
    const [first] = on;
    return fc.record({
      id: fc.constant(`n${index}`),
      dependencies: fc.constant(on),
      join: fc.constantFrom<PlannedNode['join'][]>(
        'all_succeeded',
        'all_succeeded',
        'all_done',
        'none_failed',
        ...(first === undefined
          ? []
          : (['any_succeeded', { at_least: on.length }, { at_least: 1 }] as const)),
      ),
      kind,
      tolerated: fc.boolean(),
      maxAttempts: fc.integer({ min: 1, max: 3 }),
      onUncertain: fc.constantFrom('retry', 'retry', 'park', 'fail'),
      outcomes: fc.array(outcome, { maxLength: 3 }),
      uses: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.subarray(USES)),
      ...(first !== undefined && { when: fc.option(whenOf(first), { nil: undefined, freq: 3 }) }),
    }) as fc.Arbitrary<PlannedNode>;
  });
}

function whenOf(of: number): fc.Arbitrary<NonNullable<PlannedNode['when']>> {
  return fc.record({ of: fc.constant(of), asks: fc.constantFrom('completed', 'completed', 'even', 'never') });
}

/** Every kind of join, condition, control node and outcome. */
export function plansOf(maxNodes: number): fc.Arbitrary<readonly PlannedNode[]> {
  const nodes = Array.from({ length: maxNodes }, (_, index) => plannedNode(index));
  return fc.integer({ min: 1, max: maxNodes }).chain((size) => fc.tuple(...nodes.slice(0, size)));
}

export const plans = plansOf(10);

const TEMPLATES: Record<keyof Given, string> = {
  input: '${input}',
  labels: '${labels}',
  id: '${execution.id}',
  startedAt: '${execution.started_at}',
  token: '${secrets.TOKEN}',
};
const USES = Object.keys(TEMPLATES) as (keyof Given)[];

/** The value of every secret. */
export const TOKEN = 'open sesame';

const CONDITIONS = {
  completed: (id: string) => `${id}.status == "COMPLETED"`,
  even: (id: string) => `${id}.output.n % 2 == 0`,
  never: () => 'false',
} as const;

export function definitionOf(plan: readonly PlannedNode[]): readonly NodeDefinition[] {
  const idOf = (index: number): string => plan[index]?.id ?? '';
  return plan.map((node, index): NodeDefinition => {
    const { id, dependencies, join, kind, when, tolerated, maxAttempts, onUncertain, uses } = node;
    const [first] = dependencies;
    const configs = {
      task: {
        ...taskConfig(node, index),
        seen: dependencies.map((of) => `\${${idOf(of)}.status}`),
        got: dependencies.map((of) => `\${${idOf(of)}.output}`),
        ...Object.fromEntries(uses.map((what) => [what, TEMPLATES[what]])),
      },
      input: { n: index },
      output: {},
      transform: { n: first === undefined ? 0 : `\${${idOf(first)}.output.n}` },
      delay: { duration: 1 },
      noop: {},
      fail: {},
    };
    return {
      id,
      handler: kind === 'task' ? 'work' : kind,
      dependencies: dependencies.map(idOf),
      join,
      config: configs[kind],
      retry: { max_attempts: maxAttempts },
      ...(when !== undefined && { when: CONDITIONS[when.asks](idOf(when.of)) }),
      ...(tolerated && { on_failure: 'continue' }),
      ...(kind === 'task' && { on_uncertain: onUncertain }),
    };
  });
}

/** What a workflow may say that its output is: how the nodes with these indices ended, and more. */
export function outputOf(plan: readonly PlannedNode[], chosen: readonly number[]): Json {
  const nodes = chosen.map((of) => {
    const id = plan[of]?.id ?? '';
    return [id, { status: `\${${id}.status}`, output: `\${${id}.output}` }];
  });
  return {
    about: 'execution ${execution.id}',
    input: '${input}',
    nodes: Object.fromEntries(nodes) as Json,
  };
}

export interface Disturbances {
  /** The writer loses its memory, and the store the end of its journal. */
  readonly crashes?: boolean;
}

/** Workers, timers and people around one execution, as unfair as the seed has it. */
export class RandomWorld {
  private readonly random: () => number;
  /** Deliveries that some worker may still bring an outcome of; some of them twice. */
  private held: Task[] = [];
  private seen = 0;
  private crashesLeft = 3;

  constructor(
    private readonly plan: readonly PlannedNode[],
    public run: ExecutionRun,
    seed: number,
    private readonly disturbances: Disturbances = {},
  ) {
    this.random = new SeededRandom(seed).next;
  }

  /** From the trigger to the end. Throws when the execution comes to a standstill before. */
  toTheEnd(): ExecutionRun {
    if (this.run.state.status === 'PENDING') this.run.trigger();
    for (let step = 0; !isTerminal(this.run.state.status); step++) {
      if (step > 5000) throw new Error(`the execution stands still: ${JSON.stringify(this.run.statuses())}`);
      this.step();
    }
    this.late();
    return this.run;
  }

  /** So many things happen. */
  happen(count: number): void {
    for (let step = 0; step < count; step++) this.step();
  }

  private step(): void {
    this.takeTasks();
    this.answer();
    const dice = this.random();
    if (dice < 0.55) this.bringOutcome();
    else if (dice < 0.65) this.lose();
    else if (dice < 0.7) this.startOne();
    else if (dice < 0.85) this.run.pass(Math.floor(this.random() * 3000));
    else if (dice < 0.89) this.run.send({ type: 'Pause' });
    else if (dice < 0.97) this.run.send({ type: 'Resume' });
    else this.crash();
  }

  private takeTasks(): void {
    this.held.push(...this.run.dispatched.slice(this.seen));
    this.seen = this.run.dispatched.length;
  }

  private pick(): Task | undefined {
    return this.held[Math.floor(this.random() * this.held.length)];
  }

  private bringOutcome(): void {
    const task = this.pick();
    if (task === undefined) return;
    if (this.random() < 0.7) this.held = this.held.filter((held) => held !== task);
    const index = this.indexOf(task.nodeId);
    const outcome = this.plan[index]?.outcomes[task.attempt - 1] ?? 'ok';
    if (outcome === 'lost') {
      const delivery = this.run.delivery(task.nodeId);
      const { nodeId, attempt } = task;
      this.run.send({ type: 'TaskLost', nodeId, attempt, delivery, begun: true });
    } else if (outcome === 'ok') {
      const config = revealSecrets(task.config, task.secrets, () => TOKEN);
      this.run.succeed(task.nodeId, taskOutput(config, task.attempt), task.attempt);
    } else {
      const code = outcome === 'timeout' ? 'TIMEOUT' : outcome.toUpperCase();
      this.run.fail(task.nodeId, { code, retryable: outcome === 'retryable' }, task.attempt);
    }
  }

  /** At most two in a row, and of some none at all, after they began: it would be an outcome of its own. */
  private lose(): void {
    const task = this.pick();
    if (task === undefined) return;
    const { nodeId, attempt, delivery, markStart } = task;
    const policy = this.plan[this.indexOf(nodeId)]?.onUncertain;
    const mayBegin = policy === 'park' || (policy === 'retry' && this.run.losses(nodeId) < 2);
    const begun = mayBegin && this.random() < 0.5;
    if (!begun && (markStart !== true || delivery > 10)) return;
    this.run.send({ type: 'TaskLost', nodeId, attempt, delivery, ...(begun && { begun }) });
  }

  /** A person gives up what is lost, and has everything else tried again; not always at once. */
  private answer(): void {
    for (const node of [...this.run.state.parked.keys()]) {
      if (this.random() < 0.7) continue;
      const id = this.plan[node]?.id ?? '';
      const isLost = this.plan[node]?.outcomes[this.run.attempt(id) - 1] === 'lost';
      this.run.unpark(id, isLost ? 'discard' : 'retry');
    }
  }

  private indexOf(nodeId: string): number {
    return this.plan.findIndex(({ id }) => id === nodeId);
  }

  private startOne(): void {
    const task = this.pick();
    if (task !== undefined) this.run.reportStart(task.nodeId);
  }

  private crash(): void {
    if (this.disturbances.crashes !== true || this.crashesLeft === 0) return;
    this.crashesLeft -= 1;
    const { workflow, journal, now } = this.run;
    // Mostly a turn or so; at times almost everything.
    const lost = Math.floor(this.random() * (this.random() < 0.7 ? 4 : journal.length));
    const kept = journal.slice(0, Math.max(1, journal.length - lost));
    const next = new ExecutionRun(workflow, replay(ExecutionRun.ID, workflow, kept));
    next.journal.push(...kept);
    next.now = now;
    next.take(recover(next.state, next.moment));
    this.run = next;
    this.seen = 0;
  }

  /** Whatever comes after the end must change nothing. */
  private late(): void {
    const { length } = this.run.journal;
    this.takeTasks();
    for (const { nodeId, attempt } of this.held) {
      this.run.succeed(nodeId, 'late', attempt);
      this.run.fail(nodeId, {}, attempt);
    }
    this.run.pass(1e6);
    if (this.run.journal.length > length) throw new Error('the execution went on after its end');
  }
}
