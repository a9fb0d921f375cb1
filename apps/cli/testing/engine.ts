import { createRequire } from 'node:module';

/** The real API over the real engine, in this process, as the api's own tests have it. */
export interface EngineUnderTest {
  readonly url: string;
  readonly handlers: { release(nodeId: string): void; repair(): void };
  stop(): Promise<void>;
}

/** Another application, which this one does not depend on; its tests may run it all the same. */
export const { startApi: startEngine } = createRequire(__filename)(
  '../../../apps/api/testing/api-under-test',
) as {
  readonly startApi: (options?: object) => Promise<EngineUnderTest>;
};
