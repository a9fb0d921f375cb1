import { afterAll, describe, expect, it } from '@jest/globals';
import type { Queues, Statistics, TaskInWork, Workers } from '@workflow-engine/contracts';
import type { Page } from 'playwright-core';

import { BreakableLine } from './breakable-line';
import { failing, fine, waiting } from './definitions';
import { accessibilityFaults, call, engineUrl, Pages, run } from './stand';

const pages = new Pages();
afterAll(async () => {
  await pages.close();
  expect(pages.faults).toEqual([]);
});

const failuresOf = ({ intervals }: Statistics): number =>
  intervals.reduce((sum, { failed, timed_out: late }) => sum + failed + late, 0);
const statistics = (): Promise<Statistics> => call('GET', '/api/v1/statistics');

/** On the page, above the word: other test files let executions fail meanwhile. */
async function failed(page: Page): Promise<number> {
  const text = await page.locator('.counts a', { hasText: 'failed' }).locator('strong').textContent();
  return Number(text?.replaceAll(/[^\d]/g, ''));
}

/** Waits until it is known. */
async function failedInChart(page: Page): Promise<number> {
  const chart = page.getByRole('img', { name: /^Executions that ended: in the last hour/ });
  const [, count] = /(\d+) failed or timed out/.exec((await chart.getAttribute('aria-label')) ?? '') ?? [];
  return Number(count);
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 100));
}

/** The first of the answers shows an engine in which nothing ever ran. */
async function withoutExecutions(page: Page): Promise<void> {
  await page.route('**/api/v1/statistics*', async (route) => {
    const answer = await route.fetch();
    const real = (await answer.json()) as Statistics;
    const executions = Object.fromEntries(Object.keys(real.executions).map((status) => [status, 0]));
    await route.fulfill({ response: answer, json: { ...real, executions } });
  });
}

const longAgo = '2026-01-31T08:00:00.000Z';

/** The answers show a worker that is at this task and two others. */
async function atWork(page: Page, task: TaskInWork): Promise<void> {
  await page.route('**/api/v1/workers', async (route) => {
    const answer = await route.fetch();
    const { items } = (await answer.json()) as Workers;
    const busy = items.map((worker) => ({ ...worker, in_progress: 3, tasks: [task] }));
    await route.fulfill({ response: answer, json: { items: busy } });
  });
}

describe('home', () => {
  it('shows what runs and what failed, as it happens, and leads there', async () => {
    await run(fine('for-home'), { sku: 'A-1' });
    const page = await pages.open('/');
    await page.getByRole('heading', { name: 'Home' }).waitFor();
    const before = { inChart: await failedInChart(page), failed: await failed(page) };
    const heading = page.getByRole('heading', { name: 'Oldest waiting task' });
    const place = await heading.boundingBox();

    const id = await run(failing('fails-at-home', 'BROKEN_GLASS'));
    const running = await run(waiting('runs-at-home'), { who: 'Ada' });
    await until(async () => (await failed(page)) > before.failed);
    await until(async () => (await failedInChart(page)) > before.inChart);
    await page.getByRole('link', { name: 'runs-at-home' }).first().waitFor();
    expect(await heading.boundingBox()).toEqual(place);

    const failure = page.locator('.panel li', { hasText: 'BROKEN_GLASS' });
    await failure.getByRole('link', { name: 'fails-at-home' }).click();
    await page.waitForURL(new RegExp(id));
    await call('POST', `/api/v1/workflows/${running}/cancel`);
  });

  it('looks back as far as asked, and keeps that in its address', async () => {
    const page = await pages.open('/');
    await page.getByRole('combobox').selectOption('P1D');
    await page.waitForURL(/window=P1D/);
    await page.getByRole('img', { name: /^Executions that ended: in the last day/ }).waitFor();
    await page.reload();
    await page.getByRole('img', { name: /^Executions that ended: in the last day/ }).waitFor();
    await page.getByRole('link', { name: 'completed' }).click();
    await page.waitForURL(/executions\?status=COMPLETED&within=1d/);
  });

  it('tells the values of the moment pointed at', async () => {
    await run(fine('pointed-at'), { sku: 'A-1' });
    const page = await pages.open('/');
    const plot = page.locator('.plot').first();
    await plot.getByText('per minute').waitFor();
    await plot.locator('.u-over').hover({ position: { x: 20, y: 20 } });
    await plot.getByText(/^\d\d:\d\d:00$/).waitFor();
    await page.mouse.move(0, 0);
    await plot.getByText('per minute').waitFor();
  });

  it('teaches the first steps where nothing has run', async () => {
    const page = await pages.open('/no-such-page');
    await withoutExecutions(page);
    await page.getByText('There is no such page').waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('h');
    await page.getByRole('heading', { name: 'No execution yet' }).waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await page.getByRole('button', { name: 'Run this example' }).click();
    await page.waitForURL(/executions\/.+/);
  });

  it('says when the engine is away, keeps what it has, and goes on', async () => {
    const line = await BreakableLine.to(engineUrl);
    const page = await pages.open('/', { url: line.url });
    await page.getByRole('img', { name: /^Executions that ended/ }).waitFor();
    line.cut();
    await page.getByRole('alert').first().waitFor();
    expect(await page.getByRole('img', { name: /^Executions that ended/ }).isVisible()).toBe(true);
    line.mend();
    await page.getByRole('alert').first().waitFor({ state: 'detached' });
    await line.close();
  });

  it.each([
    { theme: 'light', width: 1280 },
    { theme: 'dark', width: 1280 },
    { theme: 'dark', width: 390 },
  ] as const)('is for everybody ($theme, $width wide)', async (options) => {
    await run(failing('for-everybody'));
    await until(async () => failuresOf(await statistics()) > 0);
    const page = await pages.open('/', options);
    await page.getByRole('img', { name: /^Archive lag/ }).waitFor();
    await page.locator('.panel li', { hasText: 'OUT_OF_STOCK' }).first().waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.width);
  });
});

describe('workers and queues', () => {
  const stuck = (name: string) => ({
    name,
    dag: { nodes: [{ id: 'a', handler: 'noop', queue: 'nobody-serves-it' }] },
  });
  const queues = (): Promise<Queues> => call('GET', '/api/v1/queues');

  it('show who runs what, and how long what has waited, as it changes', async () => {
    const page = await pages.open('/executions');
    await page.getByRole('heading', { name: 'Executions' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('q');
    await page.waitForURL(/\/queues/);
    const worker = page.getByRole('region', { name: 'Workers' }).getByRole('row', { name: /embedded/ });
    await worker.getByText('http').waitFor();
    await worker.getByText('default').waitFor();

    const id = await run(stuck('stuck'));
    const row = page.getByRole('region', { name: 'Queues' }).getByRole('row', { name: /nobody-serves-it/ });
    await row.getByText('none').waitFor();
    await row.getByText(/\d s$/).waitFor();
    await call('POST', `/api/v1/workflows/${id}/cancel`);
    await row.getByText('none').waitFor({ state: 'detached' });
    expect((await queues()).items.map(({ name }) => name)).toContain('nobody-serves-it');
  });

  it('name what a worker has been at for longest, and lead there', async () => {
    const id = await run(failing('at-work'));
    const page = await pages.open('/executions');
    await page.getByRole('heading', { name: 'Executions' }).waitFor();
    await atWork(page, { execution_id: id, node_id: 'charge', handler: 'bank', started_at: longAgo });
    await page.keyboard.press('g');
    await page.keyboard.press('q');
    const worker = page.getByRole('region', { name: 'Workers' }).getByRole('row', { name: /embedded/ });
    await worker.getByText('and 2 more').waitFor();
    await worker.getByText('bank').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await worker.getByRole('link', { name: 'charge' }).click();
    await page.waitForURL(`**/executions/${id}?node=charge`);
    await page.getByRole('complementary', { name: 'Node charge' }).waitFor();
  });

  it.each([
    { theme: 'light', width: 1280 },
    { theme: 'dark', width: 390 },
  ] as const)('are for everybody ($theme, $width wide)', async (options) => {
    const id = await run(stuck('stuck'));
    const page = await pages.open('/queues', options);
    await page.getByText('none').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.width);
    await call('POST', `/api/v1/workflows/${id}/cancel`);
  });
});
