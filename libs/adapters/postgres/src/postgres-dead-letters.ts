import type { DeadLetter, DeadLetters, ExecutionError, Page, PageRequest } from '@workflow-engine/execution';

import type { Database } from './database/database';
import { decodeCursor, encodeCursor, isCreationKey } from './encoding/cursor';
import { isId } from './encoding/identifiers';
import { pageOf } from './encoding/page';
import { fromStoredText } from './encoding/stored-text';

interface StoredLetter {
  readonly id: string;
  readonly execution_id: string;
  readonly node_id: string;
  readonly handler: string;
  readonly error: string;
  readonly attempts: number;
  readonly created_at: Date;
}

const columns = 'id, execution_id, node_id, handler, error, attempts, created_at';

export class PostgresDeadLetters implements DeadLetters {
  constructor(private readonly database: Database) {}

  async list({ limit, cursor }: PageRequest): Promise<Page<DeadLetter>> {
    const before = cursor === undefined ? [] : decodeCursor('dead-letters', cursor, isCreationKey);
    const rows = await this.database.query<StoredLetter>(
      `SELECT ${columns} FROM dead_letters WHERE state = 'open'
       ${cursor === undefined ? '' : 'AND (created_at, id) < ($2::timestamptz, $3::uuid)'}
       ORDER BY created_at DESC, id DESC LIMIT $1`,
      [limit + 1, ...before],
    );
    return pageOf(rows, limit, toDeadLetter, (row) =>
      encodeCursor('dead-letters', [row.created_at.toISOString(), row.id]),
    );
  }

  async find(id: string): Promise<DeadLetter | undefined> {
    if (!isId(id)) return undefined;
    const [row] = await this.database.query<StoredLetter>(
      `SELECT ${columns} FROM dead_letters WHERE id = $1 AND state = 'open'`,
      [id],
    );
    return row && toDeadLetter(row);
  }

  async discard(id: string): Promise<boolean> {
    if (!isId(id)) return false;
    const discarded = await this.database.query(
      `UPDATE dead_letters SET state = 'discarded' WHERE id = $1 AND state = 'open' RETURNING id`,
      [id],
    );
    return discarded.length > 0;
  }
}

function toDeadLetter(row: StoredLetter): DeadLetter {
  return {
    id: row.id,
    executionId: row.execution_id,
    nodeId: fromStoredText(row.node_id),
    handler: fromStoredText(row.handler),
    error: JSON.parse(row.error) as ExecutionError,
    attempts: row.attempts,
    createdAt: row.created_at.toISOString(),
  };
}
