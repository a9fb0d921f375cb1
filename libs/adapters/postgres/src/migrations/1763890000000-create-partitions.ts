import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreatePartitions1763890000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE partitions (
      partition integer CONSTRAINT partitions_pkey PRIMARY KEY,
      timeline bigint NOT NULL,
      turn bigint NOT NULL
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE partitions');
  }
}
