import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A row for each slice of a journal, instead of one for each event. */
export class CreateJournalSlices1763900000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE journal_slices (
      execution_id uuid NOT NULL,
      last_seq integer NOT NULL,
      first_seq integer NOT NULL,
      events text NOT NULL,
      CONSTRAINT journal_slices_pkey PRIMARY KEY (execution_id, last_seq)
    )`);
    await runner.query(`INSERT INTO journal_slices (execution_id, last_seq, first_seq, events)
      SELECT execution_id, seq, seq, '[' || event || ']' FROM journal_events`);
    await runner.query('DROP TABLE journal_events');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE journal_events (
      execution_id uuid NOT NULL,
      seq integer NOT NULL,
      event text NOT NULL,
      CONSTRAINT journal_events_pkey PRIMARY KEY (execution_id, seq)
    )`);
    await runner.query(`INSERT INTO journal_events (execution_id, seq, event)
      SELECT execution_id, first_seq + event.nth - 1, event.value
      FROM journal_slices, json_array_elements(events::json) WITH ORDINALITY AS event (value, nth)
      ON CONFLICT DO NOTHING`);
    await runner.query('DROP TABLE journal_slices');
  }
}
