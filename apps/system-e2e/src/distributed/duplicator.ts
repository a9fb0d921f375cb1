import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createInterface } from 'node:readline';

import { packed, type Services } from './services';

/**
 * Sends every message of the engine once more, right after it: commands for a partition, packets of tasks for workers.
 * Follows what Redis is told (`MONITOR`), also by scripts.
 */
export class Duplicator {
  /** How many messages were sent once more. */
  repeated = 0;
  /** When a task was sent once more, in epoch milliseconds; by `<execution id>:<node id>`. */
  private readonly deliveries = new Map<string, number[]>();

  private constructor(
    private readonly monitor: Socket,
    private readonly sender: Socket,
  ) {}

  static async start(services: Services): Promise<Duplicator> {
    const address = await services.redisAddress();
    const [monitor, sender] = [connect(address), connect(address)];
    const duplicator = new Duplicator(monitor, sender);
    sender.resume();
    await Promise.all([once(monitor, 'connect'), once(sender, 'connect')]);
    monitor.write(packed(['MONITOR']));
    const own = ` 127.0.0.1:${sender.localPort ?? 0}]`;
    createInterface({ input: monitor }).on('line', (line) => {
      if (!line.includes(own)) duplicator.note(line);
    });
    return duplicator;
  }

  deliveredAgain(key: string): readonly number[] {
    return this.deliveries.get(key) ?? [];
  }

  stop(): void {
    this.monitor.destroy();
    this.sender.destroy();
  }

  private note(line: string): void {
    const [, partition, stream] = /"XADD" "([^"]*\})(:inbound|:queue:[^":]+)" "\*"/i.exec(line) ?? [];
    if (partition === undefined || stream === undefined) return;
    const [, key = '', , ...fields] = argumentsOf(line);
    this.repeated += 1;
    this.sender.write(packed(['XADD', key, '*', ...fields]));
    if (stream === ':inbound') return;
    const queue = stream.slice(':queue:'.length);
    this.sender.write(packed(['HINCRBY', `${partition}:depths`, queue, String(fields.length / 2)]));
    for (let index = 0; index < fields.length; index += 2) this.noteTask(fields[index] ?? '');
  }

  /** A task is named by the part of a command that says which task. */
  private noteTask(name: string): void {
    const { executionId, nodeId } = JSON.parse(`{${name}}`) as { executionId: string; nodeId: string };
    const key = `${executionId}:${nodeId}`;
    this.deliveries.set(key, [...this.deliveredAgain(key), Date.now()]);
  }
}

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', a: '\x07', b: '\b' };

/** The quoted arguments of a line of `MONITOR`, bytes that are no ASCII as `\xhh`. */
function argumentsOf(line: string): readonly string[] {
  return Array.from(line.matchAll(/"((?:[^"\\]|\\.)*)"/g), ([, quoted = '']) => {
    const bytes = quoted.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex?: string, char?: string) => {
      if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
      return ESCAPES[char ?? ''] ?? char ?? '';
    });
    return Buffer.from(bytes, 'latin1').toString();
  });
}
