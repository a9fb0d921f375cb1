import type { Span } from '@workflow-engine/json-source';
import { CircleCheck, CircleHelp, CircleX, LoaderCircle } from 'lucide-react';

import { plural } from '../ui/format';
import type { Check, PlacedFault } from './use-check';

/** What the check says, in one line that is heard when it changes. */
export function Verdict({ check: { state, faults, failure } }: { readonly check: Check }) {
  const icons = { checking: LoaderCircle, valid: CircleCheck, faulty: CircleX, unknown: CircleHelp };
  const tones = { checking: 'pending', valid: 'completed', faulty: 'failed', unknown: 'waiting' };
  const words = {
    checking: 'Checking …',
    valid: 'No faults',
    faulty: plural(faults.length, 'fault'),
    unknown: `Not checked: ${failure}`,
  };
  const Icon = icons[state];
  return (
    <p className="tools verdict" role="status">
      <span className={`badge tone-${tones[state]}`}>
        <Icon size={14} aria-hidden />
        {words[state]}
      </span>
    </p>
  );
}

export interface FaultListProps {
  readonly text: string;
  readonly faults: readonly PlacedFault[];
  readonly onShow: (span: Span) => void;
}

/** The same faults as in the text, for those who do not see the underlines; each leads to its place. */
export function FaultList({ text, faults, onShow }: FaultListProps) {
  if (faults.length === 0) return null;
  return (
    <ul className="faults" aria-label="Faults">
      {faults.map((fault) => (
        <li key={`${fault.from} ${fault.code} ${fault.message}`}>
          <button type="button" onClick={() => onShow(fault)}>
            <span className="number muted">line {lineOf(text, fault.from)}</span>
            <span>
              {fault.message} <code className="muted">{fault.code}</code>
            </span>
          </button>
        </li>
      ))}
    </ul>
  );
}

function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line += 1;
  return line;
}
