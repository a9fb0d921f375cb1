import type { HandlerCatalog, HandlerDescription, Log, SchemaValidator } from '@workflow-engine/execution';

import { repeated } from './repeated';
import type { Running } from './run-process';

/** Longer than workers need to announce themselves again after a total loss of Redis. */
const FORGET_AFTER_MS = 60_000;
const REFRESH_EVERY_MS = 5000;

export interface HandlerCatalogOptions {
  readonly builtIn: HandlerCatalog;
  /** What workers announced. @throws UnavailableError */
  readonly announced: () => Promise<readonly HandlerDescription[]>;
  readonly schemas: SchemaValidator;
  readonly log: Log;
}

interface Announced {
  readonly description: HandlerDescription;
  readonly seenAt: number;
}

/** The built-in handlers and those that workers announced, as of a moment ago. */
export class AnnouncedHandlerCatalog implements HandlerCatalog {
  private announced: ReadonlyMap<string, Announced> = new Map();
  private usable: readonly HandlerDescription[] = [];
  private version = '[]';
  private reading: Promise<unknown> = Promise.resolve();
  private next: Promise<void> | undefined;

  constructor(private readonly options: HandlerCatalogOptions) {}

  find(name: string): HandlerDescription | undefined {
    return this.options.builtIn.find(name) ?? this.announced.get(name)?.description;
  }

  names(): readonly string[] {
    return [...this.options.builtIn.names(), ...this.announced.keys()];
  }

  async refresh(): Promise<boolean> {
    const before = this.version;
    // A reading that is under way may be older than what the caller hopes for; the next one is shared by all.
    this.next ??= this.reading.then(() => {
      this.next = undefined;
      const reading = this.read();
      this.reading = reading.catch(() => undefined);
      return reading;
    });
    await this.next;
    return this.version !== before;
  }

  private async read(): Promise<void> {
    const announced = await this.options.announced();
    const version = JSON.stringify(announced);
    if (version !== this.version) this.usable = announced.filter((handler) => this.isUsable(handler));
    this.version = version;
    const now = Date.now();
    const seen = new Map(this.usable.map((description) => [description.name, { description, seenAt: now }]));
    const missing = [...this.announced].filter(
      ([name, { seenAt }]) => !seen.has(name) && now - seenAt < FORGET_AFTER_MS,
    );
    this.announced = new Map([...missing, ...seen]);
  }

  /** Workers check their schemas before they announce them, but this process must not depend on that. */
  private isUsable({ name, configSchema, outputSchema }: HandlerDescription): boolean {
    const { builtIn, schemas, log } = this.options;
    if (builtIn.find(name) !== undefined) return false;
    const faults = [configSchema, outputSchema].flatMap((schema) =>
      schema === undefined ? [] : schemas.checkSchema(schema),
    );
    if (faults.length > 0)
      log.warn('an announced handler has no usable schema', { handler: name, fault: faults[0]?.message });
    return faults.length === 0;
  }
}

/** The catalog, kept fresh in the background until it is closed. */
export function openHandlerCatalog(
  options: HandlerCatalogOptions,
): Running & { readonly catalog: HandlerCatalog } {
  const catalog = new AnnouncedHandlerCatalog(options);
  const refreshing = repeated('looking for announced handlers', REFRESH_EVERY_MS, options.log, () =>
    catalog.refresh(),
  );
  return { catalog, close: () => refreshing.close() };
}
