import { createHash } from 'node:crypto';
import { canonicalJson, type Json, type WorkflowDefinition } from '@workflow-engine/dag';
import type {
  Clock,
  DefinitionRepository,
  DefinitionSummary,
  Ids,
  Page,
  PageRequest,
  RegisteredDefinition,
} from '@workflow-engine/execution';
import type { SelectQueryBuilder } from 'typeorm';
import { v7 as uuidv7 } from 'uuid';

import { MicroBatcher } from './batching/micro-batcher';
import type { Database, Session } from './database/database';
import { decodeCursor, encodeCursor } from './encoding/cursor';
import { isId, isVersion } from './encoding/identifiers';
import { pageOf } from './encoding/page';
import { toStoredText } from './encoding/stored-text';
import { definitionEntity, type DefinitionRow } from './entities/definition.entity';
import { RecentDefinitions } from './recent-definitions';

type DefinitionQuery = SelectQueryBuilder<DefinitionRow>;
type Registration = Omit<RegisteredDefinition, 'definition'> & { readonly created: boolean };

/** Names looked up by one query. */
const maxNames = 500;

interface WorkflowRow {
  readonly id: string;
  readonly name: string;
  readonly latest_version: number;
}

/** Registrations remembered, so that submitting a known definition again costs no query. */
const maxKnown = 1_000;

export class PostgresDefinitionRepository implements DefinitionRepository {
  private readonly known = new Map<string, Registration>();
  private readonly recent = new RecentDefinitions();
  /** By name; every start of an execution asks, so concurrent calls share a query. */
  private readonly workflows: MicroBatcher<string, WorkflowRow | undefined>;
  private readonly ids: Ids;
  private readonly clock: Pick<Clock, 'now'>;

  constructor(
    private readonly database: Database,
    options: { readonly ids?: Ids; readonly clock?: Pick<Clock, 'now'> } = {},
  ) {
    this.ids = options.ids ?? { next: () => uuidv7() };
    this.clock = options.clock ?? { now: () => Date.now() };
    this.workflows = new MicroBatcher({
      maxWeight: maxNames,
      weigh: () => 1,
      flush: (names) => findWorkflows(database, names),
    });
  }

  async register(
    definition: WorkflowDefinition,
  ): Promise<RegisteredDefinition & { readonly created: boolean }> {
    const hash = contentHash(definition);
    // The name is part of the content, hence of its hash.
    const known = this.known.get(hash);
    if (known !== undefined) return { ...known, definition };
    const registration =
      (await findRegistration(this.database, definition.name, hash)) ?? (await this.insert(definition, hash));
    this.remember(hash, registration);
    return { ...registration, definition };
  }

  async find(workflowId: string, version: number): Promise<RegisteredDefinition | undefined> {
    if (!isId(workflowId) || !isVersion(version)) return undefined;
    const known = this.recent.get(workflowId, version);
    if (known !== undefined) return known;
    const found = await this.findOne((query) =>
      query.where('definition.workflowId = :workflowId AND definition.version = :version', {
        workflowId,
        version,
      }),
    );
    if (found !== undefined) this.recent.add(found);
    return found;
  }

  async findByName(name: string, version?: number): Promise<RegisteredDefinition | undefined> {
    const workflow = await this.workflows.add(toStoredText(name));
    const found = workflow && (await this.find(workflow.id, version ?? workflow.latest_version));
    if (found !== undefined && version === undefined) this.recent.noteNewest(found);
    return found;
  }

  lastKnown(name: string): RegisteredDefinition | undefined {
    return this.recent.newestOf(toStoredText(name));
  }

  async list({ limit, cursor }: PageRequest): Promise<Page<DefinitionSummary>> {
    const after = cursor === undefined ? undefined : decodeCursor('definitions', cursor, isName)[0];
    const rows = await this.summaries(limit, (query) => {
      query.where('definition.version = workflow.latestVersion').orderBy('workflow.name');
      if (after !== undefined) query.andWhere('workflow.name > :after', { after: toStoredText(after) });
    });
    return pageOf(rows, limit, toSummary, ({ workflow }) => encodeCursor('definitions', [workflow.name]));
  }

  async versions(name: string, { limit, cursor }: PageRequest): Promise<Page<DefinitionSummary>> {
    const before = cursor === undefined ? undefined : decodeCursor('versions', cursor, isVersionKey)[0];
    const rows = await this.summaries(limit, (query) => {
      query
        .where('workflow.name = :name', { name: toStoredText(name) })
        .orderBy('definition.version', 'DESC');
      if (before !== undefined) query.andWhere('definition.version < :before', { before });
    });
    return pageOf(rows, limit, toSummary, ({ version }) => encodeCursor('versions', [version]));
  }

  private async findOne(narrow: (query: DefinitionQuery) => void): Promise<RegisteredDefinition | undefined> {
    const row = await this.database.withEntities((manager) => {
      const query = manager
        .createQueryBuilder(definitionEntity, 'definition')
        .innerJoinAndSelect('definition.workflow', 'workflow');
      narrow(query);
      return query.getOne();
    });
    return row === null ? undefined : toDefinition(row);
  }

  /** Without the documents, which may be large. */
  private summaries(
    limit: number,
    narrow: (query: DefinitionQuery) => void,
  ): Promise<readonly DefinitionRow[]> {
    return this.database.withEntities((manager) => {
      const query = manager
        .createQueryBuilder(definitionEntity, 'definition')
        .innerJoin('definition.workflow', 'workflow')
        .select(['workflow.id', 'workflow.name', 'definition.workflowId', 'definition.version'])
        .addSelect(['definition.nodeCount', 'definition.createdAt'])
        .limit(limit + 1);
      narrow(query);
      return query.getMany();
    });
  }

  private insert(definition: WorkflowDefinition, hash: string): Promise<Registration> {
    const createdAt = new Date(this.clock.now()).toISOString();
    return this.database.transaction(async (session) => {
      const name = toStoredText(definition.name);
      await session.query(
        `INSERT INTO workflows (id, name, latest_version, created_at) VALUES ($1, $2, 0, $3)
         ON CONFLICT (name) DO NOTHING`,
        [this.ids.next(), name, createdAt],
      );
      // Whoever holds the workflow's row gives out its next version: registrations of a name queue up here.
      const [workflow] = await session.query<{ id: string; latest_version: number }>(
        'SELECT id, latest_version FROM workflows WHERE name = $1 FOR UPDATE',
        [name],
      );
      if (workflow === undefined) throw new Error(`the workflow ${definition.name} vanished`);
      const existing = await findRegistration(session, definition.name, hash);
      if (existing !== undefined) return existing;
      const version = workflow.latest_version + 1;
      await session.query(
        `INSERT INTO definitions (workflow_id, version, content_hash, node_count, document, created_at)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [workflow.id, version, hash, definition.dag.nodes.length, JSON.stringify(definition), createdAt],
      );
      await session.query('UPDATE workflows SET latest_version = $2 WHERE id = $1', [workflow.id, version]);
      return { workflowId: workflow.id, name: definition.name, version, createdAt, created: true };
    });
  }

  private remember(hash: string, registration: Registration): void {
    if (this.known.size >= maxKnown) {
      for (const oldest of this.known.keys()) {
        this.known.delete(oldest);
        break;
      }
    }
    this.known.set(hash, { ...registration, created: false });
  }
}

async function findRegistration(
  session: Session,
  name: string,
  hash: string,
): Promise<Registration | undefined> {
  const [row] = await session.query<{ workflow_id: string; version: number; created_at: Date }>(
    `SELECT d.workflow_id, d.version, d.created_at
     FROM workflows w JOIN definitions d ON d.workflow_id = w.id
     WHERE w.name = $1 AND d.content_hash = $2`,
    [toStoredText(name), hash],
  );
  if (row === undefined) return undefined;
  const { workflow_id: workflowId, version, created_at: createdAt } = row;
  return { workflowId, name, version, createdAt: createdAt.toISOString(), created: false };
}

function contentHash(definition: WorkflowDefinition): string {
  return createHash('sha256')
    .update(canonicalJson(definition as unknown as Json))
    .digest('hex');
}

async function findWorkflows(
  session: Session,
  names: readonly string[],
): Promise<readonly (WorkflowRow | undefined)[]> {
  const rows = await session.query<WorkflowRow>(
    'SELECT id, name, latest_version FROM workflows WHERE name = ANY($1)',
    [[...new Set(names)]],
  );
  const byName = new Map(rows.map((row) => [row.name, row]));
  return names.map((name) => byName.get(name));
}

function toDefinition(row: DefinitionRow): RegisteredDefinition {
  const { workflowId, workflow, version, document, createdAt } = row;
  return { workflowId, name: workflow.name, version, definition: document, createdAt };
}

function toSummary({
  workflowId,
  workflow,
  version,
  nodeCount,
  createdAt,
}: DefinitionRow): DefinitionSummary {
  return { workflowId, name: workflow.name, version, nodeCount, createdAt };
}

function isName(key: readonly unknown[]): key is readonly [string] {
  return key.length === 1 && typeof key[0] === 'string';
}

function isVersionKey(key: readonly unknown[]): key is readonly [number] {
  return key.length === 1 && typeof key[0] === 'number' && isVersion(key[0]);
}
