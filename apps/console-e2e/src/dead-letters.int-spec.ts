import { afterAll, afterEach, describe, expect, it } from '@jest/globals';
import type { DeadLetter, Page as ListPage } from '@workflow-engine/contracts';

import { refused } from './definitions';
import { accessibilityFaults, call, engineUrl, Pages, run } from './stand';

const pages = new Pages();
afterAll(async () => {
  await pages.close();
  expect(pages.faults).toEqual([]);
});

const letters = async (): Promise<readonly string[]> => {
  const { items } = await call<ListPage<DeadLetter>>('GET', '/api/v1/dead-letters');
  return items.map(({ id }) => id);
};
afterEach(async () => {
  for (const id of await letters())
    await fetch(`${engineUrl}/api/v1/dead-letters/${id}`, { method: 'DELETE' });
});

/** Resolves when that many dead letters are there. */
async function failTimes(times: number): Promise<void> {
  for (let time = 0; time < times; time++) await run(refused('dead'));
  while ((await letters()).length < times) await new Promise((resolve) => setTimeout(resolve, 100));
}

describe('dead letters', () => {
  it('are grouped by error, and retried or discarded together', async () => {
    await failTimes(3);
    const page = await pages.open('/dead-letters');
    const group = page.locator('.letters', { hasText: 'BLOCKED_ADDRESS' });
    await group.getByText('3 tasks').waitFor();
    await group.getByRole('heading', { name: 'BLOCKED_ADDRESS in dead (http)' }).waitFor();
    const before = await letters();
    await group.getByRole('button', { name: 'Retry all 3' }).click();
    await page.getByRole('button', { name: 'Retry now' }).click();
    await page.getByText('Retried 3 tasks.').waitFor();
    // They fail again, as new letters.
    const areNew = async (): Promise<boolean> => {
      const now = await letters();
      return now.length === 3 && now.every((id) => !before.includes(id));
    };
    while (!(await areNew())) await page.waitForTimeout(100);
    await page.reload();
    await group.getByRole('button', { name: 'Discard all 3' }).click();
    await page.getByRole('button', { name: 'Discard now' }).click();
    await page.getByText('Discarded 3 tasks.').waitFor();
    await page.getByText('No dead letters').waitFor();
    expect(await letters()).toEqual([]);
  });

  it('lead to the node that failed, and one of them is given up', async () => {
    await failTimes(1);
    const page = await pages.open('/dead-letters');
    await page.getByRole('link', { name: 'charge' }).click();
    await page.getByLabel('Node charge').getByText('BLOCKED_ADDRESS').first().waitFor();
    await page.goBack();
    await page.getByRole('button', { name: 'Discard charge' }).click();
    await page.getByRole('button', { name: 'Discard now' }).click();
    await page.getByText('No dead letters').waitFor();
    expect(await letters()).toEqual([]);
  });

  it('are decided about where they failed, too', async () => {
    await failTimes(1);
    const page = await pages.open('/dead-letters');
    await page.getByRole('link', { name: 'charge' }).click();
    const inspector = page.getByLabel('Node charge');
    const before = await letters();
    await inspector.getByRole('button', { name: 'Retry the task' }).click();
    await page.getByRole('button', { name: 'Retry now' }).click();
    await page.getByText('Retried 1 task.').waitFor();
    while ((await letters()).join() === before.join() || (await letters()).length === 0)
      await page.waitForTimeout(100);
    await inspector.getByText('2 attempts').waitFor();
    await inspector.getByRole('button', { name: 'Discard' }).click();
    await page.getByRole('button', { name: 'Discard now' }).click();
    await page.getByText('Discarded 1 task.').waitFor();
    expect(await letters()).toEqual([]);
    await inspector.getByRole('button', { name: 'Discard' }).waitFor({ state: 'detached' });
  });

  it.each([
    { theme: 'light', width: 1280 },
    { theme: 'dark', width: 390 },
  ] as const)('are for everybody ($theme, $width wide)', async (options) => {
    await failTimes(2);
    const page = await pages.open('/dead-letters', options);
    await page.locator('.letters').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.width);
  });
});
