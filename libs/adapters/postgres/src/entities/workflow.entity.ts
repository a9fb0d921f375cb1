import { integerColumn, textColumn, timeColumn, uuidColumn } from './columns';
import { table } from './table';

/** A name under which definitions are registered. */
export interface WorkflowRow {
  id: string;
  name: string;
  latestVersion: number;
  createdAt: string;
}

export const workflowEntity = table<WorkflowRow>({
  name: 'Workflow',
  tableName: 'workflows',
  columns: {
    id: { ...uuidColumn('id'), primary: true, primaryKeyConstraintName: 'workflows_pkey' },
    name: textColumn('name'),
    latestVersion: integerColumn('latest_version'),
    createdAt: timeColumn('created_at'),
  },
  uniques: [{ name: 'workflows_name_key', columns: ['name'] }],
});
