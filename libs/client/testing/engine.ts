import { createRequire } from 'node:module';

/** The real API over the real engine, in this process, as the api's own tests have it. */
export interface EngineUnderTest {
  readonly url: string;
  readonly document: OpenApi;
  readonly handlers: { release(nodeId: string): void; repair(): void };
  stop(): Promise<void>;
}

export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: object }[];
  readonly requestBody?: {
    readonly required: boolean;
    readonly content: { readonly 'application/json': { readonly schema: object } };
  };
}

interface Definition {
  readonly name: string;
  readonly dag: { readonly nodes: readonly object[] };
}

/** An application, which no library may depend on; its tests may run one all the same. */
const load = createRequire(__filename);
const testing = '../../../apps/api/testing';

export const { startApi: startEngine } = load(`${testing}/api-under-test`) as {
  readonly startApi: (options?: object) => Promise<EngineUnderTest>;
};

/** `doubling` gives `{ result: 2 * input.n }`; `gated` waits at the node `gate`; `failing` fails until `repair()`. */
export const { doubling, gated, failing, wide } = load(`${testing}/definitions`) as {
  readonly doubling: Definition;
  readonly gated: Definition;
  readonly failing: Definition;
  readonly wide: (nodes: number) => Definition;
};
