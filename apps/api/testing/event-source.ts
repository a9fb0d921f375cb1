import { request, type IncomingMessage } from 'node:http';

import type { JournalEvent } from '@workflow-engine/contracts';

export interface ReceivedEvent {
  readonly id: string;
  readonly event: JournalEvent;
}

/** A client of server-sent events over a plain socket. */
export class EventSourceClient {
  readonly events: ReceivedEvent[] = [];
  readonly comments: string[] = [];
  private buffer = '';
  private wake: () => void = () => undefined;
  private ended = false;

  private constructor(readonly response: IncomingMessage) {
    response.setEncoding('utf8');
    response.on('data', (text: string) => this.receive(text));
    response.on('close', () => {
      this.ended = true;
      this.wake();
    });
    response.on('error', () => undefined);
  }

  static open(url: string, headers: Record<string, string> = {}): Promise<EventSourceClient> {
    return new Promise((resolve, reject) => {
      const call = request(url, { headers: { accept: 'text/event-stream', ...headers } });
      call.on('response', (response) => resolve(new EventSourceClient(response))).on('error', reject);
      call.end();
    });
  }

  /** Resolves once something received fits; fails when the stream ends without. */
  async until(fits: (client: this) => boolean): Promise<void> {
    while (!fits(this)) {
      if (this.ended) throw new Error('the stream ended too early');
      await new Promise<void>((resolve) => (this.wake = resolve));
    }
  }

  async end(): Promise<void> {
    while (!this.ended) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  hangUp(): void {
    this.response.destroy();
  }

  get types(): readonly string[] {
    return this.events.map(({ event }) => event.type);
  }

  private receive(text: string): void {
    this.buffer += text;
    const blocks = this.buffer.split('\n\n');
    this.buffer = blocks.pop() ?? '';
    for (const block of blocks) this.read(block);
    this.wake();
  }

  private read(block: string): void {
    const fields = new Map(block.split('\n').map((line) => [line.slice(0, line.indexOf(':')), line]));
    const data = fields.get('data')?.slice('data: '.length);
    if (block.startsWith(':')) this.comments.push(block);
    if (data === undefined) return;
    this.events.push({
      id: fields.get('id')?.slice('id: '.length) ?? '',
      event: JSON.parse(data) as JournalEvent,
    });
  }
}
