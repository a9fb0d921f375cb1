import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';

import { BreakableLine } from './breakable-line';
import { failing, fine, mesh, waiting } from './definitions';
import { accessibilityFaults, call, engineUrl, Pages, run, status, submit } from './stand';

const pages = new Pages();
afterAll(async () => {
  await pages.close();
  expect(pages.faults).toEqual([]);
});

const card = (page: Page, id: string) => page.locator(`.react-flow__node[data-id="${id}"]`);
const shows = (page: Page, id: string, word: string) =>
  page.locator(`.react-flow__node[data-id="${id}"][aria-label*="${word}"]`).waitFor();
const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });

describe('an execution', () => {
  it('is triggered, paused, resumed and cancelled here', async () => {
    const id = await submit(waiting('acted-upon'));
    const page = await pages.open(`/executions/${id}`);
    await shows(page, 'last', 'pending');
    await button(page, 'Trigger').click();
    await page.getByLabel('Input, as JSON').fill('{"who": "Ada"');
    await page.getByRole('dialog').getByRole('button', { name: 'Trigger' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Input, as JSON').fill('{"who": "Ada"}');
    await page.getByRole('dialog').getByRole('button', { name: 'Trigger' }).click();
    await shows(page, 'side', 'completed');
    await shows(page, 'hold', 'waiting');

    await card(page, 'side').click();
    const inspector = page.getByLabel('Node side');
    await inspector.getByText('"Hi Ada"').first().waitFor();
    const given = inspector.getByRole('group', { name: 'side-input' });
    await given.getByText('"Ada"').waitFor();
    await given.getByRole('button', { name: /first:/ }).waitFor();
    expect(await inspector.textContent()).toContain('transform');

    await button(page, 'Pause').click();
    await button(page, 'Resume').waitFor();
    expect((await status(id)).status).toBe('PAUSED');
    await button(page, 'Resume').click();
    await button(page, 'Pause').waitFor();
    await button(page, 'Cancel').click();
    await button(page, 'Cancel it').click();
    await shows(page, 'last', 'cancelled');
    expect((await status(id)).status).toBe('CANCELLED');
  });

  it('shows what failed and why, and is retried', async () => {
    const id = await run(failing('shop-order'));
    const page = await pages.open(`/executions/${id}`);
    await shows(page, 'charge', 'failed');
    await button(page, /Next of 1 failure/).click();
    await page.getByLabel('Node charge').getByText('there is none left').first().waitFor();
    expect(page.url()).toContain('node=charge');
    const before = (await status(id)).finished_at;
    await button(page, 'Retry').click();
    await page.getByText('Retried from the failed nodes.').waitFor();
    while ((await status(id)).finished_at === before) await page.waitForTimeout(100);
    await page.getByRole('tab', { name: 'Journal' }).click();
    await page.getByText('ExecutionRetried').waitFor();
    await button(page, 'Retry').waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('retried');
    await page.getByText(/^1 of \d+ events$/).waitFor();
    expect(await page.locator('.journal-row').count()).toBe(1);
    await page.keyboard.press('Escape');
    await page.getByLabel('Node charge').waitFor();
    await page.keyboard.press('Escape');
    await page.getByLabel('Node charge').waitFor({ state: 'detached' });
    expect(page.url()).not.toContain('node=');
  });

  it('runs again from a node on', async () => {
    const id = await run(fine('run-again'), { sku: 'A-1' });
    const page = await pages.open(`/executions/${id}?node=done`);
    await shows(page, 'done', 'completed');
    const before = (await status(id)).finished_at;
    await button(page, 'Run again from here').click();
    await page.getByRole('dialog').getByText('This node runs again').waitFor();
    await button(page, 'Run again').click();
    await page.getByText('Runs again from done.').waitFor();
    while ((await status(id)).finished_at === before) await page.waitForTimeout(100);
    expect((await status(id)).status).toBe('COMPLETED');
    await page.getByRole('tab', { name: 'Journal' }).click();
    await page.getByText('ExecutionRetried').waitFor();
  });

  it('shows a part of its time, chosen with the keys or by dragging, and by its address', async () => {
    const id = await run(waiting('brushed', 'PT2S'), { who: 'Ada' });
    while ((await status(id)).status !== 'COMPLETED')
      await new Promise((resolve) => setTimeout(resolve, 100));
    const page = await pages.open(`/executions/${id}?tab=timeline`);
    await page.locator('.timeline-row').nth(3).waitFor();
    const end = page.getByRole('slider', { name: 'End of the shown time' });
    await end.focus();
    for (let press = 0; press < 3; press++) await page.keyboard.press('PageDown');
    await page.getByText('3 of 4 nodes').waitFor();
    await page.waitForURL(/range=0-/);
    await page.reload();
    await page.getByText('3 of 4 nodes').waitFor();
    await button(page, 'All of the time').click();
    await page.waitForURL((url) => !url.searchParams.has('range'));
    const strip = await page.locator('.brush').boundingBox();
    if (strip === null) throw new Error('there is nothing to drag on');
    const y = strip.y + strip.height / 2;
    await page.mouse.move(strip.x + strip.width * 0.4, y);
    await page.mouse.down();
    await page.mouse.move(strip.x + strip.width * 0.6, y, { steps: 4 });
    await page.mouse.up();
    await page.getByText('1 of 4 nodes').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
  });

  it('takes its input in a form made of its schema', async () => {
    const id = await submit(fine('with-form'));
    const page = await pages.open(`/executions/${id}`);
    await button(page, 'Trigger').click();
    await page.getByLabel('sku').fill('A-1');
    await page.getByLabel('amount').fill('3');
    await page.getByRole('dialog').getByRole('button', { name: 'Trigger' }).click();
    await shows(page, 'done', 'completed');
    await page.getByRole('tab', { name: 'Input & output' }).click();
    await page.getByRole('group', { name: 'input', exact: true }).getByText('"A-1"').waitFor();
    expect(await page.getByRole('group', { name: 'input', exact: true }).textContent()).toContain(
      'amount: 3',
    );
    await button(page, 'New run').click();
    const dialog = page.getByRole('dialog', { name: 'Run with-form v1' });
    expect(await dialog.getByLabel('amount').inputValue()).toBe('3');
    await dialog.getByLabel('sku').fill('A-2');
    await dialog.getByRole('button', { name: 'Run' }).click();
    await page.waitForURL((url) => url.pathname.startsWith('/executions/') && !url.pathname.includes(id));
    await page.getByRole('tab', { name: 'Input & output' }).click();
    await page.getByRole('group', { name: 'input', exact: true }).getByText('"A-2"').waitFor();
    await page.getByRole('heading', { level: 1 }).getByRole('link').click();
    await page.waitForURL(/\/definitions\/with-form\?version=1/);
  });

  it('is turned back to any moment, everywhere at once, and by its address', async () => {
    const id = await run(fine('replayed'), { sku: 'A-1' });
    const page = await pages.open(`/executions/${id}`);
    await shows(page, 'done', 'completed');
    const slider = page.getByLabel('Moment in the journal');
    await slider.focus();
    await page.keyboard.press('Home');
    await shows(page, 'done', 'pending');
    await page.waitForURL(/at=0/);
    await button(page, 'One event on').click();
    await page.waitForURL(/at=1/);
    await page.reload();
    await shows(page, 'done', 'pending');
    await page.getByRole('tab', { name: 'Timeline' }).click();
    await page.getByText('Nothing has begun at this moment.').waitFor();
    await button(page, 'Back to now').click();
    await page.locator('.timeline-row').nth(1).waitFor();
    await page.getByRole('tab', { name: 'Journal' }).click();
    await page.locator('.journal-row button').first().click();
    await page.waitForURL(/at=1/);
  });

  it('says that its connection is lost, and catches up when it is back', async () => {
    const line = await BreakableLine.to(engineUrl);
    const id = await run(waiting('cut-off'), { who: 'Ada' });
    const page = await pages.open(`/executions/${id}`, { url: line.url });
    await shows(page, 'hold', 'waiting');
    line.cut();
    await page.getByText('Connection lost').waitFor();
    await call('POST', `/api/v1/workflows/${id}/cancel`);
    expect(await card(page, 'last').getAttribute('aria-label')).toContain('pending');
    line.mend();
    await shows(page, 'last', 'cancelled');
    await page.getByText('Connection lost').waitFor({ state: 'detached' });
    await line.close();
  });

  it('collapses many siblings to a stack, which opens', async () => {
    const width = 60;
    const nodes = Array.from({ length: width }, (_, index) => ({
      id: `n${index}`,
      handler: 'noop',
      dependencies: ['first'],
    }));
    const id = await run({ name: 'fan', dag: { nodes: [{ id: 'first', handler: 'noop' }, ...nodes] } });
    const page = await pages.open(`/executions/${id}`);
    await page.getByText('noop × 60').waitFor();
    expect(await page.locator('.react-flow__node').count()).toBe(2);
    await shows(page, 'n0', '60 completed');
    await card(page, 'n0').focus();
    await page.keyboard.press('Enter');
    await card(page, 'n59').waitFor({ state: 'attached' });
    await button(page, 'Collapse').click();
    await page.getByText('noop × 60').waitFor();
  });
});

describe('a graph that can be read as a whole', () => {
  it('is shown as a whole when an address names one of its nodes', async () => {
    const id = await run(waiting('whole', 'PT1S'));
    const page = await pages.open(`/executions/${id}?node=last`);
    await page.getByLabel('Node last').waitFor();
    const pane = await page.locator('.react-flow').boundingBox();
    const first = await card(page, 'first').boundingBox();
    expect(first?.x).toBeGreaterThan(pane?.x ?? 0);
    const last = await card(page, 'last').boundingBox();
    expect((last?.x ?? 0) + (last?.width ?? 0)).toBeLessThan((pane?.x ?? 0) + (pane?.width ?? 0));
  });
});

describe('a graph of 5,000 nodes', () => {
  let page: Page;
  beforeAll(async () => {
    const id = await run(mesh('mesh', 50, 100));
    while ((await status(id)).status !== 'COMPLETED')
      await new Promise((resolve) => setTimeout(resolve, 200));
    page = await pages.open(`/executions/${id}`);
  });

  it('begins at the failure, and draws no more than what is seen', async () => {
    await shows(page, 'n25-3', 'failed');
    expect(await page.locator('.react-flow__node').count()).toBeLessThan(400);
    // The edges between them are painted.
    expect(await page.locator('.react-flow__edge').count()).toBe(0);
    const painted = `(() => { const canvas = document.querySelector('.edge-canvas');
      const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value) => value > 0); })()`;
    expect(await page.evaluate(painted)).toBe(true);
  });

  it('is found through by name', async () => {
    await page.keyboard.press('/');
    await page.keyboard.type('n49-99');
    await page.getByText('1 found').waitFor();
    await page.keyboard.press('Enter');
    await card(page, 'n49-99').waitFor();
    await page.getByLabel('Node n49-99').waitFor();
  });

  it('can be moved around in', async () => {
    const pane = await page.locator('.react-flow__pane').boundingBox();
    if (pane === null) throw new Error('the graph is not there');
    const [x, y] = [pane.x + pane.width / 2, pane.y + pane.height / 2];
    // The slowest of the frames while dragging; a machine under load is given plenty.
    await page.evaluate(`(() => { window.slowest = 0; let last = performance.now();
      const frame = (now) => { window.slowest = Math.max(window.slowest, now - last); last = now; requestAnimationFrame(frame); };
      requestAnimationFrame(frame); })()`);
    await page.mouse.move(x, y);
    await page.mouse.down();
    for (let step = 1; step <= 20; step++) await page.mouse.move(x + step * 12, y + step * 6);
    await page.mouse.up();
    expect(await page.evaluate('window.slowest')).toBeLessThan(2_000);
  });
});

describe('texts of a workflow', () => {
  it('are never anything but text', async () => {
    const evil = '<img src=x onerror="document.body.dataset.broken=1">';
    const id = await run(
      {
        name: evil,
        labels: { evil },
        dag: {
          nodes: [
            { id: 'say', handler: 'transform', config: { [evil]: evil } },
            { id: 'boom', handler: 'fail', dependencies: ['say'], config: { code: 'EVIL', message: evil } },
          ],
        },
      },
      { [evil]: `</script><script>document.body.dataset.broken=1</script>` },
    );
    const page = await pages.open(`/executions/${id}?node=boom`);
    await shows(page, 'boom', 'failed');
    await page.getByLabel('Node boom').getByText(evil).first().waitFor();
    for (const tab of ['Timeline', 'Journal', 'Input & output'])
      await page.getByRole('tab', { name: tab }).click();
    await page.getByText('</script><script>').first().waitFor();
    await page.goto(`${engineUrl}/executions`);
    await page.getByText(evil).first().waitFor();
    expect(await page.evaluate('document.body.dataset.broken')).toBeUndefined();
    expect(await page.locator('img[src="x"]').count()).toBe(0);
  });

  it('are cut when they are long, with a download of all', async () => {
    const long = 'x'.repeat(200_000);
    const id = await run(fine('long'), { sku: long });
    const page = await pages.open(`/executions/${id}?tab=io`);
    const input = page.getByRole('group', { name: 'input', exact: true });
    await input.getByText('195.3 KB in all').waitFor();
    expect((await input.textContent())?.length).toBeLessThan(1_000);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download input', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toBe('input.json');
  });
});

describe('everybody', () => {
  it('learns that there is no such execution', async () => {
    const page = await pages.open('/executions/01a208c6-0cf4-78fe-9c7d-c8f1833b1634');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).toContain('01a208c6');
    await page.getByRole('link', { name: 'All executions' }).click();
    await page.getByRole('heading', { name: 'Executions' }).waitFor();
    await call('GET', '/health/ready');
  });
});
