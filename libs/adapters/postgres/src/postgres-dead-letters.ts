import type { DeadLetter, DeadLetters, ExecutionError, Page, PageRequest } from '@workflow-engine/execution';

import type { Database } from './database/database';
import { decodeCursor, encodeCursor, isCreationKey } from './encoding/cursor';
import { isId } from './encoding/identifiers';
import { pageOf } from './encoding/page';
import { fromStoredText } from './encoding/stored-text';
import { deadLetterEntity } from './entities/dead-letter.entity';

/** A row as the driver gives it. */
interface StoredDeadLetter {
  readonly id: string;
  readonly execution_id: string;
  readonly name: string | null;
  readonly node_id: string;
  readonly handler: string;
  readonly error: string;
  readonly attempts: number;
  readonly created_at: Date;
}

const columns = 'd.id, d.execution_id, e.name, d.node_id, d.handler, d.error, d.attempts, d.created_at';
const openLetters = `FROM dead_letters d LEFT JOIN executions e ON e.id = d.execution_id WHERE d.state = 'open'`;

export class PostgresDeadLetters implements DeadLetters {
  constructor(private readonly database: Database) {}

  async list({ limit, cursor }: PageRequest): Promise<Page<DeadLetter>> {
    const before = cursor === undefined ? undefined : decodeCursor('dead-letters', cursor, isCreationKey);
    const [createdAt, id] = before ?? [null, null];
    const rows = await this.database.query<StoredDeadLetter>(
      `SELECT ${columns} ${openLetters}
         AND ($1::timestamptz IS NULL OR (d.created_at, d.id) < ($1, $2::uuid))
       ORDER BY d.created_at DESC, d.id DESC LIMIT $3`,
      [createdAt, id, limit + 1],
    );
    return pageOf(rows, limit, toDeadLetter, (row) =>
      encodeCursor('dead-letters', [row.created_at.toISOString(), row.id]),
    );
  }

  async count(upTo: number): Promise<number> {
    const [row] = await this.database.query<{ letters: number }>(
      `SELECT count(*)::integer AS letters
       FROM (SELECT 1 FROM dead_letters WHERE state = 'open' LIMIT $1) AS found`,
      [upTo],
    );
    return row?.letters ?? 0;
  }

  async find(id: string): Promise<DeadLetter | undefined> {
    if (!isId(id)) return undefined;
    const [row] = await this.database.query<StoredDeadLetter>(
      `SELECT ${columns} ${openLetters} AND d.id = $1::uuid`,
      [id],
    );
    return row === undefined ? undefined : toDeadLetter(row);
  }

  async discard(id: string): Promise<boolean> {
    if (!isId(id)) return false;
    const { affected } = await this.database.withEntities((manager) =>
      manager.update(deadLetterEntity, { id, state: 'open' }, { state: 'discarded' }),
    );
    return affected === 1;
  }
}

function toDeadLetter(row: StoredDeadLetter): DeadLetter {
  return {
    id: row.id,
    executionId: row.execution_id,
    name: fromStoredText(row.name ?? ''),
    nodeId: fromStoredText(row.node_id),
    handler: fromStoredText(row.handler),
    error: JSON.parse(row.error) as ExecutionError,
    attempts: row.attempts,
    createdAt: row.created_at.toISOString(),
  };
}
