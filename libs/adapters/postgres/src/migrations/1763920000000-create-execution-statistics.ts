import type { MigrationInterface, QueryRunner } from 'typeorm';

export class CreateExecutionStatistics1763920000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE execution_statistics (
      at timestamptz NOT NULL,
      event text COLLATE "C" NOT NULL,
      duration_class integer NOT NULL,
      executions integer NOT NULL,
      CONSTRAINT execution_statistics_pkey PRIMARY KEY (at, event, duration_class)
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE execution_statistics');
  }
}
