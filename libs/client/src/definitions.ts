import type { DefinitionCheck, DefinitionDocument, DefinitionSummary } from '@workflow-engine/contracts';

import { type CallOptions, Listing } from './listing';
import type { Transport } from './transport';

const root = '/api/v1/definitions';

/** Registered definitions and their versions. */
export class Definitions {
  constructor(private readonly transport: Transport) {}

  /** The same content again is the same version. @throws ProblemError `INVALID_DEFINITION` with every fault */
  register(definition: object, { signal }: CallOptions = {}): Promise<DefinitionDocument> {
    return this.transport.request({
      method: 'POST',
      path: root,
      body: definition,
      signal,
      repeatable: true,
    });
  }

  /** Only checks. Faults are the answer here, not an error. */
  validate(definition: unknown, { signal }: CallOptions = {}): Promise<DefinitionCheck> {
    return this.transport.request({
      method: 'POST',
      path: `${root}/validate`,
      body: definition,
      signal,
      repeatable: true,
    });
  }

  /** The newest version, unless another one is asked for. */
  get(name: string, options: CallOptions & { readonly version?: number } = {}): Promise<DefinitionDocument> {
    const { version, signal } = options;
    const path = version === undefined ? pathOf(name) : `${pathOf(name)}/versions/${version}`;
    return this.transport.request({ method: 'GET', path, signal, repeatable: true });
  }

  /** The newest version of each, by name. */
  list(options: CallOptions = {}): Listing<DefinitionSummary> {
    return new Listing(this.transport, root, {}, options);
  }

  /** Newest first. */
  versions(name: string, options: CallOptions = {}): Listing<DefinitionSummary> {
    return new Listing(this.transport, `${pathOf(name)}/versions`, {}, options);
  }
}

export function pathOf(name: string): string {
  return `${root}/${encodeURIComponent(name)}`;
}
