import type { JournalEvent } from '@workflow-engine/contracts';

import { outlineOf } from '../graph/outline';
import { harmless, paintFor, paintStatus } from '../paint';
import type { Session } from '../session';
import type { Screen, Terminal } from '../terminal';
import { duration } from '../times';
import { board } from './board';
import { Progress, type WatchedNode } from './progress';

const redrawMs = 100;

/** Follows an execution to its end: as JSON lines, as a live picture, or as plain lines where there is no terminal. */
export async function watch(
  { client, patient, terminal, json }: Session,
  executionId: string,
): Promise<void> {
  const { signal } = terminal;
  const { name, version } = await client.status(executionId, { signal });
  if (json) {
    for await (const event of patient.follow(executionId, { signal })) {
      terminal.out.write(`${JSON.stringify(event)}\n`);
    }
    return;
  }
  const { definition } = await client.definitions.get(name, { version, signal });
  const progress = new Progress(name, executionId, outlineOf(definition));
  const view =
    terminal.err.isTTY === true ? new LiveView(progress, terminal) : new PlainView(progress, terminal);
  try {
    for await (const event of patient.follow(executionId, {
      signal,
      onConnection: (state) => view.connection(state),
    })) {
      view.show(event, progress.apply(event));
    }
  } finally {
    view.close();
  }
}

/** One line for each thing that happens: for logs and pipes. */
class PlainView {
  private readonly screen: Screen;

  constructor(
    private readonly progress: Progress,
    private readonly terminal: Terminal,
  ) {
    this.screen = terminal.err;
    this.screen.write(`${progress.executionId}\n`);
  }

  connection(state: 'live' | 'lost'): void {
    if (state === 'lost') this.screen.write('the connection is lost, trying again ...\n');
  }

  show(event: JournalEvent, node: WatchedNode | undefined): void {
    const paint = paintFor(this.screen, this.terminal);
    const { progress } = this;
    const time = new Date(event.at).toISOString().slice(11, 23);
    if (node === undefined) {
      if (!event.type.startsWith('Execution')) return;
      const count = `${progress.finished}/${progress.nodes.length} nodes`;
      this.screen.write(
        `${time} ${paintStatus(paint, progress.status)} ${harmless(progress.name)} (${count})\n`,
      );
      return;
    }
    const took =
      node.finishedAt === undefined || node.startedAt === undefined
        ? undefined
        : node.finishedAt - node.startedAt;
    const details = [
      node.id,
      node.attempt > 1 ? `attempt ${node.attempt}` : '',
      took === undefined ? '' : duration(took),
      node.note,
    ];
    const text = harmless(details.filter((part) => part !== '').join('  ')).replaceAll('\n', ' ');
    this.screen.write(`${time}   ${paintStatus(paint, node.status)} ${text}\n`);
  }

  close(): void {
    // Every line is out already.
  }
}

/** The whole execution, redrawn in place. */
class LiveView {
  private readonly timer: NodeJS.Timeout;
  private drawn = 0;
  private isLost = false;

  constructor(
    private readonly progress: Progress,
    private readonly terminal: Terminal,
  ) {
    // No cursor, and no line breaks of the terminal's own, which would put the picture out of step.
    terminal.err.write('\u001b[?25l\u001b[?7l');
    this.timer = setInterval(() => this.draw(true), redrawMs);
  }

  connection(state: 'live' | 'lost'): void {
    this.isLost = state === 'lost';
  }

  show(): void {
    // Drawn by the clock: a hundred events at once are one picture.
  }

  close(): void {
    clearInterval(this.timer);
    this.draw(false);
    this.terminal.err.write('\u001b[?7h\u001b[?25h');
  }

  private draw(live: boolean): void {
    const { err } = this.terminal;
    const paint = paintFor(err, this.terminal);
    const lines = board(this.progress, err, paint, Date.now(), live);
    if (live && this.isLost) lines.push(paint('yellow', '  the connection is lost, trying again ...'));
    const up = this.drawn > 0 ? `\u001b[${this.drawn}A\r` : '';
    // Each line is cleared behind its end, and what was drawn below the last one as well.
    err.write(`${up}${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
    this.drawn = lines.length;
  }
}
