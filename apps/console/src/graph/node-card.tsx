import type { NodeStatus } from '@workflow-engine/contracts';
import { Handle, type Node, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';

import { stackIcon as StackIcon, StatusIcon, statusWord, toneOf } from '../ui/status';

export interface CardData extends Record<string, unknown> {
  readonly label: string;
  readonly handler: string;
  /** None in the picture of a definition. */
  readonly status: NodeStatus | undefined;
  /** "1.2 s", "attempt 2" */
  readonly note: string;
  /** In a stack: how many there are of each status. */
  readonly counts: readonly (readonly [NodeStatus, number])[] | undefined;
  readonly emphasis: 'none' | 'path' | 'dimmed';
}

export type Card = Node<CardData, 'card'>;

/** One node of the graph, or a stack of siblings. */
export const NodeCard = memo(function NodeCard({ data, selected }: NodeProps<Card>) {
  const { label, handler, status, note, counts, emphasis } = data;
  const classes = ['card', status === undefined ? 'card-plain' : toneOf(status), `card-${emphasis}`];
  if (counts !== undefined) classes.push('card-stack');
  if (selected) classes.push('card-selected');
  return (
    <div className={classes.join(' ')}>
      <Handle type="target" position={Position.Left} isConnectable={false} />
      <div className="card-title">
        {counts !== undefined && <StackIcon size={16} aria-hidden />}
        {counts === undefined && status !== undefined && <StatusIcon status={status} />}
        <span className="card-label">{label}</span>
      </div>
      <div className="card-note">
        {counts === undefined ? (
          <>
            <span>{handler}</span>
            <span className="number">{note === '' && status !== undefined ? statusWord(status) : note}</span>
          </>
        ) : (
          counts.map(([one, number]) => (
            <span key={one} className="card-count number" title={statusWord(one)}>
              <StatusIcon status={one} size={12} /> {number}
            </span>
          ))
        )}
      </div>
      <Handle type="source" position={Position.Right} isConnectable={false} />
    </div>
  );
});
