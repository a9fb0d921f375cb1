import type {
  EmbeddedEngine,
  EngineGauges,
  JournalEvent,
  Task,
  TaskOutcome,
} from '@workflow-engine/execution';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** What the engine does, as Prometheus metrics. */
export class EngineMetrics {
  private readonly executions: Counter<'event'>;
  private readonly nodes: Counter<'status'>;
  private readonly taskSeconds: Histogram<'handler' | 'outcome'>;

  constructor(private readonly registry: Registry) {
    const registers = [registry];
    this.executions = new Counter({
      name: 'wfe_executions_total',
      help: 'Executions by what happened to them: started, completed, failed, cancelled, timed_out, retried',
      labelNames: ['event'],
      registers,
    });
    this.nodes = new Counter({
      name: 'wfe_nodes_total',
      help: 'Nodes by their end: completed, failed, timed_out, skipped',
      labelNames: ['status'],
      registers,
    });
    this.taskSeconds = new Histogram({
      name: 'wfe_task_duration_seconds',
      help: 'How long handlers ran',
      labelNames: ['handler', 'outcome'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300],
      registers,
    });
  }

  readonly noteTask = (task: Task, outcome: TaskOutcome, durationMs: number): void => {
    const result = outcome.type === 'TaskSucceeded' ? 'succeeded' : outcome.error.code;
    this.taskSeconds.observe({ handler: task.handler, outcome: result }, durationMs / 1000);
  };

  async watch(engine: EmbeddedEngine): Promise<void> {
    await engine.feed.subscribe(undefined, ({ events }) => events.forEach((event) => this.noteEvent(event)));
    this.watchGauges(() => engine.gauges());
  }

  /** Read whenever somebody asks for the metrics. */
  watchGauges(read: () => Promise<EngineGauges>): void {
    const registers = [this.registry];
    new Gauge({
      name: 'wfe_archive_lag',
      help: 'Journal slices that are not in the system of record yet',
      registers,
      async collect() {
        this.set((await read()).archiveLag);
      },
    });
    new Gauge({
      name: 'wfe_queue_tasks',
      help: 'Tasks per queue: waiting for a worker, claimed by one',
      labelNames: ['queue', 'state'],
      registers,
      async collect() {
        for (const { queue, waiting, claimed } of (await read()).queues) {
          this.set({ queue, state: 'waiting' }, waiting);
          this.set({ queue, state: 'claimed' }, claimed);
        }
      },
    });
  }

  noteEvent(event: JournalEvent): void {
    switch (event.type) {
      case 'ExecutionStarted':
      case 'ExecutionRetried':
      case 'ExecutionCompleted':
      case 'ExecutionFailed':
      case 'ExecutionCancelled':
      case 'ExecutionTimedOut':
        return this.executions.inc({ event: snakeCase(event.type.slice('Execution'.length)) });
      case 'NodeCompleted':
      case 'NodeSkipped':
        return this.nodes.inc({ status: snakeCase(event.type.slice('Node'.length)) });
      case 'NodeFailed':
        return this.nodes.inc({ status: event.status.toLowerCase() });
      default:
    }
  }
}

function snakeCase(name: string): string {
  return name.replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();
}
