import type { ExecutionStatus } from '@workflow-engine/contracts';
import type { Logger } from '@workflow-engine/runtime';
import { Gauge, type Registry } from 'prom-client';

/** How many executions there are in each status; statuses that are left out count as 0. */
export type ExecutionCounts = () => Promise<Readonly<Partial<Record<ExecutionStatus, number>>>>;

/** Counted when the figures are asked for; when that fails, the other figures are still told. */
export function executionMetrics(counts: ExecutionCounts, registry: Registry, logger: Logger): void {
  new Gauge({
    name: 'workflow_executions',
    help: 'Executions by status',
    labelNames: ['status'],
    registers: [registry],
    async collect() {
      this.reset();
      try {
        for (const [status, count] of Object.entries(await counts())) this.set({ status }, count);
      } catch (error) {
        logger.warn({ err: error }, 'executions could not be counted for the metrics');
      }
    },
  });
}
