import { Link } from 'react-router';

import { Empty } from '../ui/notices';

export function NotFoundPage() {
  return (
    <Empty title="There is no such page">
      <p>
        The address may be mistyped. <Link to="/executions">All executions</Link>
      </p>
    </Empty>
  );
}
