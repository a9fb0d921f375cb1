import type { Json } from '@workflow-engine/contracts';
import { Link } from 'react-router';

import { isObject } from '../json';

/** Labels, each a way to all the executions that have it. */
export function Labels({ labels }: { readonly labels: Json | undefined }) {
  if (!isObject(labels)) return null;
  return Object.entries(labels).map(([key, value]) => {
    const text = `${key}:${typeof value === 'string' ? value : ''}`;
    return (
      <Link
        key={key}
        className="label"
        to={`/executions?${new URLSearchParams({ label: text })}`}
        title={`Executions with the label ${text}`}
      >
        {text}
      </Link>
    );
  });
}
