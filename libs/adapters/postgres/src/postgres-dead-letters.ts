import type { DeadLetter, DeadLetters, Page, PageRequest } from '@workflow-engine/execution';

import type { Database } from './database/database';
import { decodeCursor, encodeCursor, isCreationKey } from './encoding/cursor';
import { isId } from './encoding/identifiers';
import { pageOf } from './encoding/page';
import { deadLetterEntity, type DeadLetterRow } from './entities/dead-letter.entity';

export class PostgresDeadLetters implements DeadLetters {
  constructor(private readonly database: Database) {}

  async list({ limit, cursor }: PageRequest): Promise<Page<DeadLetter>> {
    const before = cursor === undefined ? undefined : decodeCursor('dead-letters', cursor, isCreationKey);
    const rows = await this.database.withEntities((manager) => {
      const query = manager
        .createQueryBuilder(deadLetterEntity, 'letter')
        .where("letter.state = 'open'")
        .orderBy({ 'letter.createdAt': 'DESC', 'letter.id': 'DESC' })
        .limit(limit + 1);
      if (before === undefined) return query.getMany();
      const [createdAt, id] = before;
      return query.andWhere('(letter.createdAt, letter.id) < (:createdAt, :id)', { createdAt, id }).getMany();
    });
    return pageOf(rows, limit, toDeadLetter, (row) => encodeCursor('dead-letters', [row.createdAt, row.id]));
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
    const row = await this.database.withEntities((manager) =>
      manager.findOneBy(deadLetterEntity, { id, state: 'open' }),
    );
    return row === null ? undefined : toDeadLetter(row);
  }

  async discard(id: string): Promise<boolean> {
    if (!isId(id)) return false;
    const { affected } = await this.database.withEntities((manager) =>
      manager.update(deadLetterEntity, { id, state: 'open' }, { state: 'discarded' }),
    );
    return affected === 1;
  }
}

function toDeadLetter(row: DeadLetterRow): DeadLetter {
  const { id, executionId, nodeId, handler, error, attempts, createdAt } = row;
  return { id, executionId, nodeId, handler, error, attempts, createdAt };
}
