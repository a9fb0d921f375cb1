import type { MigrationInterface, QueryRunner } from 'typeorm';

export class AddArchivedTimeline1763910000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE partitions ADD COLUMN archived_timeline bigint NOT NULL DEFAULT 0');
    // Whatever was archived last, data of the current timeline is not older.
    await runner.query('UPDATE partitions SET archived_timeline = timeline');
    await runner.query('ALTER TABLE partitions ALTER COLUMN archived_timeline DROP DEFAULT');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE partitions DROP COLUMN archived_timeline');
  }
}
