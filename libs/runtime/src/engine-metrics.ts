import type {
  EmbeddedEngine,
  EngineGauges,
  JournalEvent,
  Task,
  TaskOutcome,
} from '@workflow-engine/execution';
import { Counter, Histogram, type Registry } from 'prom-client';

import { watchGauges } from './engine-gauges';
import { boundedLabel } from './label-values';

/** What the engine does, as Prometheus metrics. */
export class EngineMetrics {
  private readonly executions: Counter<'event'>;
  private readonly nodes: Counter<'status'>;
  private readonly retries: Counter;
  private readonly redeliveries: Counter<'reason'>;
  private readonly deadLetters: Counter;
  private readonly taskSeconds: Histogram<'handler' | 'outcome'>;
  private readonly handlerLabel = boundedLabel(100);
  private readonly outcomeLabel = boundedLabel(50);

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
    this.retries = new Counter({
      name: 'wfe_task_retries_total',
      help: 'Attempts that failed and are followed by another one',
      registers,
    });
    this.redeliveries = new Counter({
      name: 'wfe_task_redeliveries_total',
      help: 'Tasks that were sent again, by reason: worker_lost, or recovered after a loss of Redis',
      labelNames: ['reason'],
      registers,
    });
    this.deadLetters = new Counter({
      name: 'wfe_dead_letters_total',
      help: 'Tasks that failed for good, took their execution with them and were put aside',
      registers,
    });
    this.taskSeconds = new Histogram({
      name: 'wfe_task_duration_seconds',
      help: 'How long handlers ran, by outcome: succeeded, or the code of the error',
      labelNames: ['handler', 'outcome'],
      buckets: [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300],
      registers,
    });
  }

  readonly noteTask = (task: Task, outcome: TaskOutcome, durationMs: number): void => {
    const result = outcome.type === 'TaskSucceeded' ? 'succeeded' : outcome.error.code;
    const labels = { handler: this.handlerLabel(task.handler), outcome: this.outcomeLabel(result) };
    this.taskSeconds.observe(labels, durationMs / 1000);
  };

  async watch(engine: EmbeddedEngine): Promise<void> {
    await engine.feed.subscribe(undefined, (slice) => this.noteEvents([slice]));
    this.watchGauges(() => engine.gauges());
  }

  /** Read whenever somebody asks for the metrics. */
  watchGauges(read: () => Promise<EngineGauges>): void {
    watchGauges(this.registry, read);
  }

  noteEvents(slices: readonly { readonly events: readonly JournalEvent[] }[]): void {
    // Most events say this, and to count one takes prom-client as long as to count many.
    let completed = 0;
    for (const { events } of slices)
      for (const event of events) {
        if (event.type === 'NodeCompleted') completed += 1;
        else this.noteEvent(event);
      }
    if (completed > 0) this.nodes.inc({ status: 'completed' }, completed);
  }

  private noteEvent(event: JournalEvent): void {
    switch (event.type) {
      case 'ExecutionFailed':
        if (event.dead_letter !== undefined) this.deadLetters.inc();
        return this.executions.inc({ event: 'failed' });
      case 'ExecutionStarted':
        return this.executions.inc({ event: 'started' });
      case 'ExecutionRetried':
        return this.executions.inc({ event: 'retried' });
      case 'ExecutionCompleted':
        return this.executions.inc({ event: 'completed' });
      case 'ExecutionCancelled':
        return this.executions.inc({ event: 'cancelled' });
      case 'ExecutionTimedOut':
        return this.executions.inc({ event: 'timed_out' });
      case 'NodeSkipped':
        return this.nodes.inc({ status: 'skipped' });
      case 'NodeFailed':
        return this.nodes.inc({ status: event.status.toLowerCase() });
      case 'RetryScheduled':
        return this.retries.inc();
      case 'TaskRedelivered':
        return this.redeliveries.inc({ reason: event.reason });
      default:
    }
  }
}
