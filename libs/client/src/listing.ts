import type { Page } from '@workflow-engine/contracts';

import type { Transport } from './transport';

export interface CallOptions {
  /** Ends the call: it rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

export interface PageOptions extends CallOptions {
  /** `next_cursor` of the page before. */
  readonly cursor?: string | undefined;
  /** Items on the page, 1..1,000; default 50. */
  readonly limit?: number | undefined;
}

export type Query = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** All items with `for await`, fetched page by page as they are needed; or the pages one by one. */
export class Listing<T> implements AsyncIterable<T> {
  constructor(
    private readonly transport: Transport,
    private readonly path: string,
    private readonly query: Query,
    private readonly options: CallOptions & { readonly cursorName?: string },
  ) {}

  page({ cursor, limit, signal = this.options.signal }: PageOptions = {}): Promise<Page<T>> {
    const { cursorName = 'cursor' } = this.options;
    const query = { ...this.query, limit, ...(cursor !== undefined && { [cursorName]: cursor }) };
    return this.transport.request({
      method: 'GET',
      path: withQuery(this.path, query),
      signal,
      repeatable: true,
    });
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T, void, undefined> {
    let cursor: string | undefined;
    do {
      const page: Page<T> = await this.page({ cursor, limit: 200 });
      yield* page.items;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }
}

/** Lists become repeated parameters; what is undefined is left out. */
export function withQuery(path: string, query: Query): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const entry of Array.isArray(value) ? value : [value]) {
      if (entry !== undefined) parameters.append(name, String(entry));
    }
  }
  const text = parameters.toString();
  return text === '' ? path : `${path}?${text}`;
}
