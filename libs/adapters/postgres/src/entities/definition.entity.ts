import type { WorkflowDefinition } from '@workflow-engine/dag';

import { integerColumn, jsonTextColumn, textColumn, timeColumn, uuidColumn } from './columns';
import { table } from './table';
import type { WorkflowRow } from './workflow.entity';

/** One immutable version of a workflow. */
export interface DefinitionRow {
  workflowId: string;
  version: number;
  workflow: WorkflowRow;
  /** SHA-256 of the canonical JSON, in hex. */
  contentHash: string;
  nodeCount: number;
  document: WorkflowDefinition;
  createdAt: string;
}

const primaryKeyConstraintName = 'definitions_pkey';

export const definitionEntity = table<DefinitionRow>({
  name: 'Definition',
  tableName: 'definitions',
  columns: {
    workflowId: { ...uuidColumn('workflow_id'), primary: true, primaryKeyConstraintName },
    version: { ...integerColumn('version'), primary: true, primaryKeyConstraintName },
    contentHash: textColumn('content_hash'),
    nodeCount: integerColumn('node_count'),
    document: jsonTextColumn('document'),
    createdAt: timeColumn('created_at'),
  },
  relations: {
    workflow: {
      type: 'many-to-one',
      target: 'Workflow',
      nullable: false,
      joinColumn: { name: 'workflow_id', foreignKeyConstraintName: 'definitions_workflow_id_fkey' },
    },
  },
  uniques: [{ name: 'definitions_content_key', columns: ['workflowId', 'contentHash'] }],
});
