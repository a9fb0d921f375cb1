import { useCallback } from 'react';
import { useSearchParams } from 'react-router';

export interface Address {
  readonly parameters: URLSearchParams;
  /** Edits a copy; what it becomes takes the place of the address, without a new entry in the browser's history. */
  readonly change: (edit: (next: URLSearchParams) => void) => void;
  /** A change that sets parameters; those without a text go. */
  readonly put: PutParameters;
}

export type PutParameters = (parameters: Readonly<Record<string, string | undefined>>) => void;

/** The address's search parameters: what a page shows, so that it can be shared. */
export function useAddress(): Address {
  const [parameters, setParameters] = useSearchParams();
  const change = useCallback<Address['change']>(
    (edit) =>
      setParameters(
        (next) => {
          edit(next);
          return next;
        },
        { replace: true },
      ),
    [setParameters],
  );
  const put = useCallback<PutParameters>(
    (changes) =>
      change((next) => {
        for (const [name, value = ''] of Object.entries(changes)) {
          if (value === '') next.delete(name);
          else next.set(name, value);
        }
      }),
    [change],
  );
  return { parameters, change, put };
}
