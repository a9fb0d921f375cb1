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
import { v7 as uuidv7 } from 'uuid';

import type { Database, Session } from './database/database';
import { decodeCursor, encodeCursor } from './encoding/cursor';
import { isId, isVersion } from './encoding/identifiers';
import { pageOf } from './encoding/page';
import { fromStoredText, toStoredText } from './encoding/stored-text';

interface StoredDefinition {
  readonly workflow_id: string;
  readonly name: string;
  readonly version: number;
  readonly document: string;
  readonly created_at: Date;
}

interface StoredSummary extends Omit<StoredDefinition, 'document'> {
  readonly node_count: number;
}

type Registration = Omit<RegisteredDefinition, 'definition'> & { readonly created: boolean };

const columns = 'd.workflow_id, w.name, d.version, d.document, d.created_at';
const summaryColumns = 'd.workflow_id, w.name, d.version, d.node_count, d.created_at';
const joined = 'workflows w JOIN definitions d ON d.workflow_id = w.id';
/** Registrations remembered, so that submitting a known definition again costs no query. */
const maxKnown = 1_000;

export class PostgresDefinitionRepository implements DefinitionRepository {
  private readonly known = new Map<string, Registration>();
  private readonly ids: Ids;
  private readonly clock: Pick<Clock, 'now'>;

  constructor(
    private readonly database: Database,
    options: { readonly ids?: Ids; readonly clock?: Pick<Clock, 'now'> } = {},
  ) {
    this.ids = options.ids ?? { next: () => uuidv7() };
    this.clock = options.clock ?? { now: () => Date.now() };
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
    const [row] = await this.database.query<StoredDefinition>(
      `SELECT ${columns} FROM ${joined} WHERE d.workflow_id = $1 AND d.version = $2`,
      [workflowId, version],
    );
    return row && toDefinition(row);
  }

  async findByName(name: string, version?: number): Promise<RegisteredDefinition | undefined> {
    if (version !== undefined && !isVersion(version)) return undefined;
    const [row] = await this.database.query<StoredDefinition>(
      `SELECT ${columns} FROM ${joined} WHERE w.name = $1 AND d.version = coalesce($2::integer, w.latest_version)`,
      [toStoredText(name), version ?? null],
    );
    return row && toDefinition(row);
  }

  async list({ limit, cursor }: PageRequest): Promise<Page<DefinitionSummary>> {
    const after = cursor === undefined ? null : toStoredText(decodeCursor('definitions', cursor, isName)[0]);
    const rows = await this.database.query<StoredSummary>(
      `SELECT ${summaryColumns} FROM ${joined} AND d.version = w.latest_version
       ${after === null ? '' : 'WHERE w.name > $2'} ORDER BY w.name LIMIT $1`,
      after === null ? [limit + 1] : [limit + 1, after],
    );
    return pageOf(rows, limit, toSummary, (row) => encodeCursor('definitions', [fromStoredText(row.name)]));
  }

  async versions(name: string, { limit, cursor }: PageRequest): Promise<Page<DefinitionSummary>> {
    const before = cursor === undefined ? 0x7f_ff_ff_ff : decodeCursor('versions', cursor, isVersionKey)[0];
    const rows = await this.database.query<StoredSummary>(
      `SELECT ${summaryColumns} FROM ${joined} WHERE w.name = $1 AND d.version < $2
       ORDER BY d.version DESC LIMIT $3`,
      [toStoredText(name), before, limit + 1],
    );
    return pageOf(rows, limit, toSummary, (row) => encodeCursor('versions', [row.version]));
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
  const [row] = await session.query<Omit<StoredDefinition, 'name' | 'document'>>(
    `SELECT d.workflow_id, d.version, d.created_at FROM ${joined} WHERE w.name = $1 AND d.content_hash = $2`,
    [toStoredText(name), hash],
  );
  return (
    row && {
      workflowId: row.workflow_id,
      name,
      version: row.version,
      createdAt: row.created_at.toISOString(),
      created: false,
    }
  );
}

function contentHash(definition: WorkflowDefinition): string {
  return createHash('sha256')
    .update(canonicalJson(definition as unknown as Json))
    .digest('hex');
}

function toDefinition(row: StoredDefinition): RegisteredDefinition {
  return {
    workflowId: row.workflow_id,
    name: fromStoredText(row.name),
    version: row.version,
    definition: JSON.parse(row.document) as WorkflowDefinition,
    createdAt: row.created_at.toISOString(),
  };
}

function toSummary(row: StoredSummary): DefinitionSummary {
  return {
    workflowId: row.workflow_id,
    name: fromStoredText(row.name),
    version: row.version,
    nodeCount: row.node_count,
    createdAt: row.created_at.toISOString(),
  };
}

function isName(key: readonly unknown[]): key is readonly [string] {
  return key.length === 1 && typeof key[0] === 'string';
}

function isVersionKey(key: readonly unknown[]): key is readonly [number] {
  return key.length === 1 && typeof key[0] === 'number' && isVersion(key[0]);
}
