import '../styles/execution.css';
import '../styles/definitions.css';

import { Link, useSearchParams } from 'react-router';

import { Fault } from '../ui/notices';
import { useTitle } from '../ui/title';
import { example } from '../pages/first-steps';
import { DefinitionEditor } from './definition-editor';
import { textOf, useDefinition } from './use-definition';

/** By a name of its own: as the example's, it would become the next version of what the first steps register. */
const firstText = { ...example, name: 'my-workflow' };

/** Where a definition is written: a new one, or the next version of one. */
export default function EditorPage() {
  const [search] = useSearchParams();
  const from = search.get('from') ?? '';
  useTitle(from === '' ? 'New definition' : `New version of ${from}`);
  const version = Number(search.get('version') ?? NaN);
  const { document, error } = useDefinition(from, from === '' ? undefined : version);
  if (error !== null) {
    return (
      <div className="page">
        <Fault error={error} />
        <Link to="/definitions">All definitions</Link>
      </div>
    );
  }
  if (from === '') return <DefinitionEditor key="" from="" base={textOf(firstText)} />;
  if (document === undefined) return <div className="page definition" aria-busy="true" />;
  return <DefinitionEditor key={`${from} ${version}`} from={from} base={textOf(document.definition)} />;
}
