import { useQuery } from '@tanstack/react-query';
import { RotateCcw, Trash2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import { Link } from 'react-router';

import { engine } from '../api/engine';
import { definitionPath } from '../definitions/definition-path';
import { LetterDialog, type LetterQuestion } from './letter-dialog';
import { groupLetters, type LetterGroup } from './letter-groups';
import { count, plural, shortId } from '../ui/format';
import { Empty, Fault } from '../ui/notices';
import { Ago } from '../ui/time';
import { useTitle } from '../ui/title';

const lookEveryMs = 3_000;
const pageSize = 1_000;
const shownLetters = 20;

/** Tasks that failed for good or are parked, by what went wrong: tried again or given up, one by one or together. */
export function DeadLettersPage() {
  useTitle('Dead letters');
  const letters = useQuery({
    queryKey: ['dead-letters'],
    queryFn: () => engine.deadLetters.list().page({ limit: pageSize }),
    refetchInterval: lookEveryMs,
  });
  const [question, setQuestion] = useState<LetterQuestion>();
  const page = letters.data;
  const groups = useMemo(() => groupLetters(page?.items ?? []), [page]);
  const number = page?.items.length ?? 0;
  return (
    <div className="page">
      <header className="page-head">
        <h1>Dead letters</h1>
        <p className="muted number">
          {page !== undefined &&
            number > 0 &&
            (page.next_cursor === null ? count(number) : `the newest ${count(number)}`)}
        </p>
      </header>
      {letters.error !== null && <Fault error={letters.error} retry={() => void letters.refetch()} />}
      {page !== undefined && number === 0 && (
        <Empty title="No dead letters">
          <p>
            A task that fails for good, or that was lost after it may have begun, waits here for a person to
            decide.
          </p>
        </Empty>
      )}
      {groups.map((group) => (
        <Group key={group.key} group={group} onAsk={setQuestion} />
      ))}
      {question !== undefined && (
        <LetterDialog
          question={question}
          onClose={() => {
            setQuestion(undefined);
            void letters.refetch();
          }}
        />
      )}
    </div>
  );
}

interface GroupProps {
  readonly group: LetterGroup;
  readonly onAsk: (question: LetterQuestion) => void;
}

function Group({ group, onAsk }: GroupProps) {
  const { letters, code, handler, name } = group;
  const [limit, setLimit] = useState(shownLetters);
  const isMany = letters.length > 1;
  return (
    <section className="letters">
      <header>
        <h2>
          <span className="fault-text">{code}</span> <span className="muted">in</span>{' '}
          <Link to={definitionPath(name)}>{name}</Link> <span className="muted">({handler})</span>
        </h2>
        <span className="number muted">{plural(letters.length, 'task')}</span>
        <span className="spacer" />
        {isMany && (
          <div className="letter-actions">
            <button type="button" onClick={() => onAsk({ verb: 'retry', letters })}>
              <RotateCcw size={14} aria-hidden /> Retry all {count(letters.length)}
            </button>
            <button type="button" onClick={() => onAsk({ verb: 'discard', letters })}>
              <Trash2 size={14} aria-hidden /> Discard all {count(letters.length)}
            </button>
          </div>
        )}
      </header>
      <ul>
        {letters.slice(0, limit).map((letter) => (
          <li key={letter.id}>
            <Link
              data-row
              to={`/executions/${letter.execution_id}?node=${encodeURIComponent(letter.node_id)}`}
            >
              {letter.node_id} <code className="muted">{shortId(letter.execution_id)}</code>
            </Link>
            <span className="clamped muted">{letter.error.message}</span>
            <span className="muted number">{plural(letter.attempts, 'attempt')}</span>
            <span className="muted">
              <Ago at={letter.created_at} />
            </span>
            <div className="letter-actions">
              <button type="button" onClick={() => onAsk({ verb: 'retry', letters: [letter] })}>
                <RotateCcw size={14} aria-hidden /> Retry
                <span className="visually-hidden"> {letter.node_id}</span>
              </button>
              <button type="button" onClick={() => onAsk({ verb: 'discard', letters: [letter] })}>
                <Trash2 size={14} aria-hidden /> Discard
                <span className="visually-hidden"> {letter.node_id}</span>
              </button>
            </div>
          </li>
        ))}
      </ul>
      {letters.length > limit && (
        <button type="button" className="link-button" onClick={() => setLimit(limit * 5)}>
          Show more of {count(letters.length)}
        </button>
      )}
    </section>
  );
}
