import type { ExecutionStatus, NodeStatus } from '@workflow-engine/contracts';
import {
  Ban,
  CircleCheck,
  CircleDashed,
  CircleDot,
  CirclePause,
  CircleSlash,
  CircleX,
  Clock,
  Hourglass,
  Layers,
  type LucideIcon,
  OctagonPause,
  TimerOff,
} from 'lucide-react';

export type Status = ExecutionStatus | NodeStatus;

const icons: Readonly<Record<Status, LucideIcon>> = {
  PENDING: CircleDashed,
  SCHEDULED: Hourglass,
  RUNNING: CircleDot,
  WAITING: Clock,
  PAUSED: CirclePause,
  PARKED: OctagonPause,
  COMPLETED: CircleCheck,
  FAILED: CircleX,
  SKIPPED: CircleSlash,
  CANCELLED: Ban,
  TIMED_OUT: TimerOff,
};

export const stackIcon = Layers;

export function statusWord(status: Status): string {
  return status.toLowerCase().replace('_', ' ');
}

/** For style sheets: `tone-failed`. */
export function toneOf(status: Status): string {
  return `tone-${status.toLowerCase().replace('_', '-')}`;
}

export function StatusIcon({ status, size = 16 }: { readonly status: Status; readonly size?: number }) {
  const Icon = icons[status];
  return <Icon size={size} aria-hidden className={`status-icon ${toneOf(status)}`} />;
}

/** Colour, icon and word together: none of them alone has to carry the meaning. */
export function StatusBadge({ status }: { readonly status: Status }) {
  return (
    <span className={`badge ${toneOf(status)}`}>
      <StatusIcon status={status} size={14} />
      {statusWord(status)}
    </span>
  );
}
