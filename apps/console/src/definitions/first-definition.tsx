import { Link } from 'react-router';

import { ExampleCommand } from '../pages/first-steps';
import { Empty } from '../ui/notices';

/** Where no workflow is registered yet: how to do that, here or from a terminal. */
export function FirstDefinition() {
  return (
    <Empty title="No workflow yet">
      <p>A workflow is plain JSON: nodes, and what each of them depends on. Every change is a new version.</p>
      <Link className="button primary" to="/definitions/new">
        Write one, beginning with an example
      </Link>
      <ExampleCommand path="/api/v1/definitions" note="The example, registered from a terminal" />
    </Empty>
  );
}
