import type { Json, JsonObject } from '@workflow-engine/contracts';
import { JsonSource, objectExpected, syntaxFault, type TextFault } from '@workflow-engine/json-source';
import { useEffect, useMemo, useState } from 'react';

import { engine, faultText } from '../api/engine';
import { isObject } from '../json';

/** Long enough that a word is not checked letter by letter. */
const quietMs = 350;

export interface PlacedFault extends TextFault {
  readonly code: string;
  readonly pointer: string;
}

export interface Check {
  /** Of the text as it is now; undefined while that is no JSON object. */
  readonly definition: JsonObject | undefined;
  /** In the order of the text. */
  readonly faults: readonly PlacedFault[];
  readonly state: 'checking' | 'valid' | 'faulty' | 'unknown';
  /** Why there is no answer, when the state is unknown. */
  readonly failure: string;
}

interface Answer {
  readonly text: string;
  readonly faults: readonly PlacedFault[];
  readonly failure: string;
}

/** Faults of a text as it is written: its syntax at once, what the engine says of it a moment after the last key. */
export function useCheck(text: string): Check {
  const parsed = useMemo(() => parse(text), [text]);
  const [answer, setAnswer] = useState<Answer>({ text: '', faults: [], failure: '' });
  const { definition } = parsed;
  useEffect(() => {
    if (definition === undefined) return undefined;
    const stop = new AbortController();
    const timer = setTimeout(() => {
      ask(text, definition, stop.signal)
        .then((answered) => {
          if (!stop.signal.aborted) setAnswer(answered);
        })
        .catch((error: unknown) => {
          if (!stop.signal.aborted) setAnswer({ text, faults: [], failure: faultText(error) });
        });
    }, quietMs);
    return () => {
      clearTimeout(timer);
      stop.abort();
    };
  }, [text, definition]);

  return useMemo(() => {
    if (definition === undefined) {
      return { definition, faults: parsed.faults, state: 'faulty', failure: '' };
    }
    const { faults, failure } = answer;
    if (answer.text !== text) return { definition, faults, state: 'checking', failure: '' };
    if (failure !== '') return { definition, faults: [], state: 'unknown', failure };
    return { definition, faults, state: faults.length === 0 ? 'valid' : 'faulty', failure: '' };
  }, [definition, parsed, answer, text]);
}

async function ask(text: string, definition: JsonObject, signal: AbortSignal): Promise<Answer> {
  const { errors } = await engine.definitions.validate(definition, { signal });
  const source = new JsonSource(text);
  const faults = errors.map((fault) => ({ ...fault, ...source.findFault(fault) }));
  return { text, faults: faults.sort((a, b) => a.from - b.from), failure: '' };
}

function parse(text: string): Pick<Check, 'definition' | 'faults'> {
  const fault = syntaxFault(text);
  if (fault !== undefined) {
    const message = `${fault.message.charAt(0).toUpperCase()}${fault.message.slice(1)}.`;
    return { definition: undefined, faults: [{ ...fault, message, code: 'MALFORMED_JSON', pointer: '' }] };
  }
  const value = JSON.parse(text) as Json;
  if (isObject(value)) return { definition: value, faults: [] };
  return {
    definition: undefined,
    faults: [{ from: 0, to: text.length, code: 'WRONG_TYPE', pointer: '', message: objectExpected }],
  };
}
