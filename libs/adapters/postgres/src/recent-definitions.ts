import type { RegisteredDefinition } from '@workflow-engine/execution';

/** Nodes of all definitions held; the one used least recently goes first. */
const maxNodes = 200_000;

/** Definitions never change, so one that was read need not be read again. */
export class RecentDefinitions {
  private readonly definitions = new Map<string, RegisteredDefinition>();
  /** By name, of definitions that are held. */
  private readonly newest = new Map<string, RegisteredDefinition>();
  private nodes = 0;

  get(workflowId: string, version: number): RegisteredDefinition | undefined {
    const key = keyOf(workflowId, version);
    const found = this.definitions.get(key);
    if (found === undefined) return undefined;
    this.definitions.delete(key);
    this.definitions.set(key, found);
    return found;
  }

  /** What was noted last as the newest version of the name, if it is held still. */
  newestOf(name: string): RegisteredDefinition | undefined {
    const noted = this.newest.get(name);
    return noted && this.get(noted.workflowId, noted.version);
  }

  noteNewest(registered: RegisteredDefinition): void {
    const { name, workflowId, version } = registered;
    if (this.definitions.get(keyOf(workflowId, version)) === registered) this.newest.set(name, registered);
  }

  add(registered: RegisteredDefinition): void {
    const key = keyOf(registered.workflowId, registered.version);
    if (this.definitions.has(key)) return;
    this.definitions.set(key, registered);
    this.nodes += sizeOf(registered);
    for (const [oldest, definition] of this.definitions) {
      if (this.nodes <= maxNodes) return;
      this.definitions.delete(oldest);
      this.nodes -= sizeOf(definition);
      if (this.newest.get(definition.name) === definition) this.newest.delete(definition.name);
    }
  }
}

function keyOf(workflowId: string, version: number): string {
  return `${workflowId}@${version}`;
}

function sizeOf({ definition }: RegisteredDefinition): number {
  return definition.dag.nodes.length;
}
