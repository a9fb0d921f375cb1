import { Link } from 'react-router';

import { Empty } from '../ui/notices';
import { useTitle } from '../ui/title';

export function NotFoundPage() {
  useTitle('There is no such page');
  return (
    <Empty title="There is no such page">
      <p>
        The address may be mistyped. <Link to="/executions">All executions</Link>
      </p>
    </Empty>
  );
}
