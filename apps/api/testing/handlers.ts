import { EventEmitter, once } from 'node:events';

import type { JsonObject } from '@workflow-engine/dag';
import { type TaskContext, TaskFailure, type TaskHandler } from '@workflow-engine/execution';

/** Handlers that a test can watch and direct. */
export class DirectedHandlers {
  private readonly events = new EventEmitter();
  private readonly released = new Set<string>();
  private healthy = false;
  private open = false;

  readonly all: readonly TaskHandler[] = [
    { name: 'echo', run: (config: JsonObject) => config },
    { name: 'gate', run: (_config, context) => this.gate(context) },
    { name: 'broken', run: (_config, context) => this.broken(context) },
  ];

  /** Lets tasks of this node finish, the waiting one and those to come. */
  release(nodeId: string): void {
    this.released.add(nodeId);
    this.events.emit(`release:${nodeId}`);
  }

  /** Nobody waits any longer. */
  releaseAll(): void {
    this.open = true;
    for (const name of this.events.eventNames()) {
      if (name !== 'error') this.events.emit(name);
    }
  }

  /** From now on `broken` succeeds. */
  repair(): void {
    this.healthy = true;
  }

  private async gate(context: TaskContext): Promise<JsonObject> {
    context.log.info(`waiting at ${context.nodeId}`);
    if (!this.open && !this.released.has(context.nodeId)) {
      await once(this.events, `release:${context.nodeId}`, { signal: context.signal });
    }
    return { passed: true };
  }

  private broken(context: TaskContext): JsonObject {
    if (this.healthy) return { repaired: true };
    throw new TaskFailure('BROKEN', `${context.nodeId} is broken`);
  }
}
