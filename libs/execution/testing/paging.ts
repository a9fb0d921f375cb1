import type { Page, PageRequest } from '../src/ports/definition-repository';

/** Every item of a list, page by page; `between` runs after each page. */
export async function allPages<Item>(
  fetch: (page: PageRequest) => Promise<Page<Item>>,
  limit: number,
  between: () => Promise<unknown> = () => Promise.resolve(),
): Promise<readonly Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<Item> = await fetch(cursor === null ? { limit } : { limit, cursor });
    if (page.items.length > limit) throw new Error(`a page of ${page.items.length} for a limit of ${limit}`);
    if (page.items.length === 0 && page.nextCursor !== null) throw new Error('an empty page that goes on');
    items.push(...page.items);
    cursor = page.nextCursor;
    await between();
  } while (cursor !== null);
  return items;
}

/** What nobody's list gave out. */
export const foreignCursors = ['', 'x', 'bm9uc2Vuc2U', 'WyJvdGhlciIsMV0', '\0', '{}', 'a'.repeat(10_000)];

/** What callers send as an id and no id is. */
export const impossibleIds = [
  '',
  'not-a-uuid',
  "'; DROP TABLE executions; --",
  'nul\0inside',
  '\ud800',
  '00000000-0000-7000-8000-00000000000g',
  '{00000000-0000-7000-8000-000000000000}',
  'x'.repeat(10_000),
];
