import type { ExecutionStatus, NodeStatus } from '@workflow-engine/contracts';

import type { Screen, Terminal } from './terminal';

const codes = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, blue: 34, magenta: 35, cyan: 36 } as const;
export type Colour = keyof typeof codes;

/** Puts text in a colour, or leaves it. */
export type Paint = (colour: Colour, text: string) => string;

/** Colours for terminals only, unless `NO_COLOR` or `FORCE_COLOR` say otherwise (no-color.org). */
export function paintFor(screen: Screen, { env }: Pick<Terminal, 'env'>): Paint {
  const forced = env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '0';
  const refused = (env.NO_COLOR ?? '') !== '' || env.TERM === 'dumb';
  if (!forced && (refused || screen.isTTY !== true)) return (_colour, text) => text;
  return (colour, text) => `\u001b[${codes[colour]}m${text}\u001b[0m`;
}

type Status = ExecutionStatus | NodeStatus;

const looks: Readonly<Record<Status, readonly [mark: string, colour: Colour]>> = {
  PENDING: ['○', 'dim'],
  SCHEDULED: ['◌', 'blue'],
  RUNNING: ['●', 'cyan'],
  WAITING: ['◷', 'blue'],
  PAUSED: ['‖', 'yellow'],
  PARKED: ['‖', 'yellow'],
  COMPLETED: ['✓', 'green'],
  FAILED: ['✗', 'red'],
  TIMED_OUT: ['✗', 'red'],
  SKIPPED: ['↷', 'dim'],
  CANCELLED: ['⊘', 'yellow'],
};

/** A status is told by mark, colour and word. */
export function paintStatus(paint: Paint, status: Status): string {
  const [mark, colour] = looks[status];
  return paint(colour, `${mark} ${status}`);
}

export function paintMark(paint: Paint, status: Status): string {
  const [mark, colour] = looks[status];
  return paint(colour, mark);
}

/** What comes from workflows must not steer the terminal: control characters become visible. */
export function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) =>
    character === '\n' ? character : `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

/** Cut to the width of a line. */
export function clipped(text: string, width: number): string {
  const characters = Array.from(text);
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}
