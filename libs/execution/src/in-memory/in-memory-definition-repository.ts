import { canonicalJson, type Json, type WorkflowDefinition } from '@workflow-engine/dag';

import type { Clock, Ids } from '../ports/clock';
import type {
  DefinitionRepository,
  DefinitionSummary,
  Page,
  PageRequest,
  RegisteredDefinition,
} from '../ports/definition-repository';
import { pageOf } from './in-memory-page';

interface Workflow {
  readonly id: string;
  /** Oldest first: version n is at n - 1. */
  readonly versions: RegisteredDefinition[];
  readonly byContent: Map<string, RegisteredDefinition>;
}

export class InMemoryDefinitionRepository implements DefinitionRepository {
  private readonly byName = new Map<string, Workflow>();
  private readonly byId = new Map<string, Workflow>();

  constructor(
    private readonly ids: Ids,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  async register(
    definition: WorkflowDefinition,
  ): Promise<RegisteredDefinition & { readonly created: boolean }> {
    const workflow = this.byName.get(definition.name) ?? this.addWorkflow(definition.name);
    const content = canonicalJson(definition as unknown as Json);
    const known = workflow.byContent.get(content);
    if (known !== undefined) return { ...known, created: false };
    const registered: RegisteredDefinition = {
      workflowId: workflow.id,
      name: definition.name,
      version: workflow.versions.length + 1,
      definition,
      createdAt: new Date(this.clock.now()).toISOString(),
    };
    workflow.versions.push(registered);
    workflow.byContent.set(content, registered);
    return { ...registered, created: true };
  }

  async find(workflowId: string, version: number): Promise<RegisteredDefinition | undefined> {
    return this.byId.get(workflowId)?.versions[version - 1];
  }

  async findByName(name: string, version?: number): Promise<RegisteredDefinition | undefined> {
    const versions = this.byName.get(name)?.versions;
    return version === undefined ? versions?.at(-1) : versions?.[version - 1];
  }

  lastKnown(name: string): RegisteredDefinition | undefined {
    return this.byName.get(name)?.versions.at(-1);
  }

  async list(page: PageRequest): Promise<Page<DefinitionSummary>> {
    const newest = [...this.byName.values()].flatMap(({ versions }) => versions.slice(-1).map(summaryOf));
    return pageOf(newest, { list: 'definitions', order: 'ascending', key: ({ name }) => name }, page);
  }

  async versions(name: string, page: PageRequest): Promise<Page<DefinitionSummary>> {
    const versions = this.byName.get(name)?.versions.map(summaryOf) ?? [];
    const key = ({ version }: DefinitionSummary): string => String(version).padStart(10, '0');
    return pageOf(versions, { list: 'versions', order: 'descending', key }, page);
  }

  private addWorkflow(name: string): Workflow {
    const workflow: Workflow = { id: this.ids.next(), versions: [], byContent: new Map() };
    this.byName.set(name, workflow);
    this.byId.set(workflow.id, workflow);
    return workflow;
  }
}

function summaryOf(registered: RegisteredDefinition): DefinitionSummary {
  const { workflowId, name, version, definition, createdAt } = registered;
  return { workflowId, name, version, nodeCount: definition.dag.nodes.length, createdAt };
}
