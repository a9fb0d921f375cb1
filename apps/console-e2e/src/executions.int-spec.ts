import { afterAll, describe, expect, it } from '@jest/globals';

import { failing, fine, waiting } from './definitions';
import { accessibilityFaults, call, Pages, run, status } from './stand';

const pages = new Pages();
afterAll(async () => {
  await pages.close();
  expect(pages.faults).toEqual([]);
});

const statusesOf = async (ids: readonly string[]): Promise<readonly string[]> =>
  Promise.all(ids.map(async (id) => (await status(id)).status));

describe('the list of executions', () => {
  it('is searched by name, label and status, and keeps the search in its address', async () => {
    await run(waiting('searched-for'), { who: 'Ada' });
    await run(fine('not-searched-for'), { sku: 'A-1' });
    const page = await pages.open('/executions');
    await page.getByRole('heading', { name: 'Executions' }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('searched-for');
    await page.keyboard.press('Enter');
    await page.waitForURL(/name=searched-for/);
    await page.getByRole('checkbox', { name: 'running' }).check();
    await page.getByLabel('Label, such as team:sales').fill('team:ops');
    await page.keyboard.press('Enter');
    await page.waitForURL(/label=team%3Aops/);
    await page.reload();
    await page.getByText('1 execution', { exact: true }).waitFor();
    await page.getByRole('checkbox', { name: 'running' }).uncheck();
    await page.getByRole('checkbox', { name: 'failed' }).check();
    await page.getByText('Nothing matches').waitFor();
    await page.getByRole('button', { name: 'Clear the search' }).click();
    await page.getByText('not-searched-for').first().waitFor();
  });

  it('leads by a label to all that have it, and by an id to the one', async () => {
    const id = await run({ ...waiting('labelled'), labels: { crew: 'night' } }, { who: 'Ada' });
    const page = await pages.open('/executions?name=labelled');
    await page.getByRole('link', { name: 'crew:night' }).click();
    await page.waitForURL(/label=crew%3Anight/);
    await page.getByRole('button', { name: 'Clear', exact: true }).click();
    await page.waitForURL((url) => url.search === '');
    await page.getByRole('combobox', { name: 'Workflow name, or the id of an execution' }).fill(` ${id} `);
    await page.waitForURL(new RegExp(`/executions/${id}`));
    await call('POST', `/api/v1/workflows/${id}/cancel`);
  });

  it('announces new executions, and moves nothing until asked', async () => {
    await run(fine('announced'), { sku: 'A-1' });
    const page = await pages.open('/executions?name=announced');
    await page.getByText('1 execution', { exact: true }).waitFor();
    await run(fine('announced'), { sku: 'A-2' });
    await page.getByRole('button', { name: '1 new execution' }).click();
    await page.getByText('2 executions', { exact: true }).waitFor();
  });

  it('shows statuses as they change, and opens with the keyboard', async () => {
    const id = await run(waiting('changing'), { who: 'Ada' });
    const page = await pages.open('/executions?name=changing');
    await page.locator('.row', { hasText: 'running' }).waitFor();
    await call('POST', `/api/v1/workflows/${id}/cancel`);
    await page.locator('.row', { hasText: 'cancelled' }).waitFor();
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL(new RegExp(id));
  });

  it('cancels and retries many at once', async () => {
    const ids = [];
    for (let index = 0; index < 3; index++) ids.push(await run(waiting('bulky'), { who: 'Ada' }));
    const page = await pages.open('/executions?name=bulky');
    await page.getByText('3 executions', { exact: true }).waitFor();
    await page.getByLabel('Select all loaded').check();
    await page.getByRole('button', { name: 'Cancel 3' }).click();
    await page.getByRole('button', { name: 'Cancel them' }).click();
    await page.getByText('Cancelled 3 executions.').waitFor();
    expect(await statusesOf(ids)).toEqual(['CANCELLED', 'CANCELLED', 'CANCELLED']);
    await page.locator('.row', { hasText: 'cancelled' }).nth(2).waitFor();
    await page.getByLabel('Select all loaded').check();
    await page.getByRole('button', { name: 'Retry 3' }).click();
    await page.getByRole('button', { name: 'Retry them' }).click();
    await page.getByText('Retried 3 executions.').waitFor();
    expect(await statusesOf(ids)).toEqual(['RUNNING', 'RUNNING', 'RUNNING']);
  });

  it('fetches more as it is scrolled, and draws only what is seen', async () => {
    await run(fine('numerous'), { sku: 'A-1' });
    const executions = Array.from({ length: 1_000 }, (_, index) => ({ input: { sku: `A-${index}` } }));
    await call('POST', '/api/v1/definitions/numerous/executions/bulk', { executions });
    const page = await pages.open('/executions?name=numerous');
    await page.locator('.row').first().waitFor();
    const table = page.getByRole('region', { name: 'Executions' });
    // A list that has come to its end stands still.
    while (!(await page.getByText('1,001 executions', { exact: true }).isVisible())) {
      await table.evaluate((element) => element.scrollTo(0, element.scrollHeight));
      await page.waitForTimeout(50);
    }
    expect(await page.locator('.row').count()).toBeLessThan(60);
  });

  it.each([
    { theme: 'light', width: 1280 },
    { theme: 'dark', width: 390 },
  ] as const)('is for everybody ($theme, $width wide)', async (options) => {
    await run(failing('for-everybody'));
    const page = await pages.open('/executions', options);
    await page.locator('.row').first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.width);
    await page.keyboard.press('?');
    await page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('says where there is nothing', async () => {
    const page = await pages.open('/no-such-page');
    await page.getByText('There is no such page').waitFor();
  });
});
