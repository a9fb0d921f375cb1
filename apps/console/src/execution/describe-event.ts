import type { JournalEvent } from '@workflow-engine/contracts';

import { duration } from '../ui/format';
import { toneOf } from '../ui/status';

const shownCharacters = 200;

/** What is special about an event, in a few words. */
export function describeEvent(event: JournalEvent): string {
  switch (event.type) {
    case 'ExecutionStarted':
      return shortened(`input ${JSON.stringify(event.input)}`);
    case 'ExecutionRetried':
      return `from ${event.node_ids.slice(0, 5).join(', ')}`;
    case 'ExecutionFailed':
    case 'ExecutionTimedOut':
      return shortened(`${event.error.code}: ${event.error.message}`);
    case 'ExecutionCancelled':
      return shortened(event.reason ?? '');
    case 'NodeScheduled':
      return event.attempt > 1 ? `attempt ${event.attempt}` : '';
    case 'NodeStarted':
      return `by ${event.worker}`;
    case 'NodeFailed':
    case 'NodeParked':
      return shortened(`${event.error.code}: ${event.error.message}`);
    case 'RetryScheduled':
      return shortened(
        `${event.error.code}; again in ${duration(Date.parse(event.due_at) - Date.parse(event.at))}`,
      );
    case 'NodeSkipped':
      return event.reason === 'join' ? 'its join cannot be met' : 'its condition is false';
    case 'TaskRedelivered':
      return `${event.reason.replace('_', ' ')}, delivery ${event.delivery}`;
    case 'TimerSet':
      return `${event.purpose.replaceAll('_', ' ')}, in ${duration(Date.parse(event.due_at) - Date.parse(event.at))}`;
    default:
      return '';
  }
}

export function toneOfEvent({ type }: JournalEvent): string {
  if (/Failed|TimedOut/.test(type)) return toneOf('FAILED');
  if (type.includes('Completed')) return toneOf('COMPLETED');
  if (/Retry|Timer|Parked|Paused/.test(type)) return toneOf('WAITING');
  if (/Started|Resumed/.test(type)) return toneOf('RUNNING');
  return toneOf('PENDING');
}

function shortened(text: string): string {
  return text.length <= shownCharacters ? text : `${text.slice(0, shownCharacters)} …`;
}
