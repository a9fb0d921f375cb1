import { ConnectionError, ProblemError, WorkflowClient } from '@workflow-engine/client';

/** The engine that serves this page. */
export const engine = new WorkflowClient({ url: '' });

/** All faults at once, as the API tells them. */
export function faultText(error: unknown): string {
  if (error instanceof ConnectionError) return 'The engine does not answer. Is it running?';
  if (error instanceof ProblemError && error.faults.length > 0) {
    return error.faults.map(({ pointer, message }) => `${pointer} ${message}`.trim()).join('\n');
  }
  return error instanceof Error ? error.message : String(error);
}
