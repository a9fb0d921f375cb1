import { Link } from 'react-router';

import { example } from '../pages/first-steps';
import { CopyButton } from '../ui/copy-button';
import { Empty } from '../ui/notices';

/** Where no workflow is registered yet: how to do that, here or from a terminal. */
export function FirstDefinition() {
  const text = JSON.stringify(example, null, 2);
  const curl = `curl -s ${location.origin}/api/v1/definitions -H 'content-type: application/json' -d '${text}'`;
  return (
    <Empty title="No workflow yet">
      <p>A workflow is plain JSON: nodes, and what each of them depends on. Every change is a new version.</p>
      <Link className="button primary" to="/definitions/new">
        Write one, beginning with an example
      </Link>
      <div className="example">
        <div className="example-bar">
          <span className="muted">The example, registered from a terminal</span>
          <CopyButton text={curl} label="Copy the curl command" />
        </div>
        <pre tabIndex={0}>{curl}</pre>
      </div>
    </Empty>
  );
}
