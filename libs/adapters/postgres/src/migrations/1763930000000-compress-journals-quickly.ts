import type { MigrationInterface, QueryRunner } from 'typeorm';

/** LZ4 takes a fraction of the time of the default, where the server was built with it. Old rows stay as they are. */
export class CompressJournalsQuickly1763930000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      DO $$ BEGIN
        ALTER TABLE journal_slices ALTER COLUMN events SET COMPRESSION lz4;
      EXCEPTION WHEN feature_not_supported OR invalid_parameter_value THEN
        NULL;
      END $$`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE journal_slices ALTER COLUMN events SET COMPRESSION default');
  }
}
