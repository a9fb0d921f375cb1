import type { MigrationInterface, QueryRunner } from 'typeorm';

const statements = [
  `CREATE TABLE workflows (
    id uuid CONSTRAINT workflows_pkey PRIMARY KEY,
    name text COLLATE "C" NOT NULL CONSTRAINT workflows_name_key UNIQUE,
    latest_version integer NOT NULL,
    created_at timestamptz NOT NULL
  )`,
  `CREATE TABLE definitions (
    workflow_id uuid NOT NULL CONSTRAINT definitions_workflow_id_fkey REFERENCES workflows (id),
    version integer NOT NULL,
    content_hash text COLLATE "C" NOT NULL,
    node_count integer NOT NULL,
    document text NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT definitions_pkey PRIMARY KEY (workflow_id, version),
    CONSTRAINT definitions_content_key UNIQUE (workflow_id, content_hash)
  )`,
  `CREATE TABLE executions (
    id uuid CONSTRAINT executions_pkey PRIMARY KEY,
    workflow_id uuid NOT NULL,
    version integer NOT NULL,
    name text COLLATE "C" NOT NULL,
    status text COLLATE "C" NOT NULL,
    labels jsonb NOT NULL,
    input text,
    error text,
    idempotency_key text COLLATE "C",
    status_seq integer NOT NULL DEFAULT 0,
    settled_seq integer NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL,
    started_at timestamptz,
    finished_at timestamptz
  )`,
  `CREATE INDEX executions_status_idx ON executions (status, created_at, id)`,
  `CREATE INDEX executions_name_idx ON executions (name, status, created_at, id)`,
  `CREATE UNIQUE INDEX executions_idempotency_key_idx ON executions (workflow_id, idempotency_key)
    WHERE idempotency_key IS NOT NULL`,
  // Hashed entries, so that a label of any length fits; executions without labels cost nothing.
  `CREATE INDEX executions_labels_idx ON executions USING gin (labels jsonb_path_ops) WHERE labels <> '{}'`,
  `CREATE TABLE journal_events (
    execution_id uuid NOT NULL,
    seq integer NOT NULL,
    event text NOT NULL,
    CONSTRAINT journal_events_pkey PRIMARY KEY (execution_id, seq)
  )`,
  `CREATE TABLE dead_letters (
    id uuid CONSTRAINT dead_letters_pkey PRIMARY KEY,
    execution_id uuid NOT NULL,
    seq integer NOT NULL,
    node_id text COLLATE "C" NOT NULL,
    handler text COLLATE "C" NOT NULL,
    error text NOT NULL,
    attempts integer NOT NULL,
    state text COLLATE "C" NOT NULL,
    created_at timestamptz NOT NULL,
    CONSTRAINT dead_letters_position_key UNIQUE (execution_id, seq)
  )`,
  `CREATE INDEX dead_letters_open_idx ON dead_letters (created_at, id) WHERE state = 'open'`,
];

export class CreateTables1763880000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const statement of statements) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of ['dead_letters', 'journal_events', 'executions', 'definitions', 'workflows']) {
      await runner.query(`DROP TABLE ${table}`);
    }
  }
}
