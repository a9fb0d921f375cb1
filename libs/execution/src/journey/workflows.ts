import type { JournalEvent } from '../decider/events';
import { UnusableDefinitionError } from '../errors';
import type { DefinitionRepository } from '../ports/definition-repository';
import { compileWorkflow } from '../workflow/compile-workflow';
import type { CompiledWorkflow } from '../workflow/compiled-workflow';
import { unusableWorkflow } from '../workflow/unusable-workflow';

/** Nodes of all compiled workflows held; the one used least recently goes first. */
const MAX_CACHED_NODES = 500_000;

/** Compiled workflows by id and version: definitions never change, so each is compiled once. */
export class Workflows {
  private readonly cache = new Map<string, Promise<CompiledWorkflow>>();
  private readonly sizes = new Map<string, number>();
  private cachedNodes = 0;

  constructor(private readonly definitions: DefinitionRepository) {}

  async get(workflowId: string, version: number): Promise<CompiledWorkflow> {
    const key = `${workflowId}@${version}`;
    let workflow = this.cache.get(key);
    if (workflow === undefined) {
      workflow = this.load(workflowId, version);
      workflow.then(
        ({ graph }) => this.noteSize(key, graph.size),
        () => this.cache.delete(key),
      );
    }
    this.cache.delete(key);
    this.cache.set(key, workflow);
    return workflow;
  }

  /** ... or what is left of it for those who look at an execution, or end it, when it cannot be used any more. */
  async orRemains(
    workflowId: string,
    version: number,
    journal: readonly JournalEvent[],
  ): Promise<CompiledWorkflow> {
    try {
      return await this.get(workflowId, version);
    } catch (error) {
      if (error instanceof UnusableDefinitionError) return unusableWorkflow(error, journal);
      throw error;
    }
  }

  private async load(workflowId: string, version: number): Promise<CompiledWorkflow> {
    const registered = await this.definitions.find(workflowId, version);
    if (registered === undefined) throw new UnusableDefinitionError(workflowId, version, 'it is not there');
    try {
      return compileWorkflow(workflowId, version, registered.definition);
    } catch (error) {
      if (error instanceof UnusableDefinitionError) throw error;
      // Whatever is wrong with it, it must not hold up the executions of others.
      const reason = error instanceof Error ? error.message : 'it cannot be compiled';
      throw new UnusableDefinitionError(workflowId, version, reason, [], { cause: error });
    }
  }

  private noteSize(key: string, size: number): void {
    this.sizes.set(key, size);
    this.cachedNodes += size;
    for (const oldest of this.cache.keys()) {
      if (this.cachedNodes <= MAX_CACHED_NODES || oldest === key) return;
      this.cachedNodes -= this.sizes.get(oldest) ?? 0;
      this.cache.delete(oldest);
      this.sizes.delete(oldest);
    }
  }
}
