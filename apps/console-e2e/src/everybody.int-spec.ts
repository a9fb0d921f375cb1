import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Page } from 'playwright-core';

import { failing } from './definitions';
import { accessibilityFaults, Pages, run, status } from './stand';

const pages = new Pages();
let id = '';
beforeAll(async () => {
  id = await run(failing('for-everybody'));
  while ((await status(id)).status !== 'FAILED') await new Promise((resolve) => setTimeout(resolve, 100));
});
afterAll(async () => {
  await pages.close();
  expect(pages.faults).toEqual([]);
});

/** Every page, what it is called, and what shows that it is there. */
const places: readonly (readonly [string, string, (page: Page) => Promise<void>])[] = [
  ['/', 'Home', (page) => page.locator('.uplot').first().waitFor()],
  ['/queues', 'Queues and workers', (page) => page.getByRole('region', { name: 'Workers' }).waitFor()],
  [
    '/definitions',
    'Definitions',
    (page) => page.getByRole('link', { name: 'Executions of for-everybody' }).waitFor(),
  ],
  [
    '/definitions/for-everybody',
    'for-everybody',
    (page) => page.locator('.react-flow__node').first().waitFor(),
  ],
  [
    '/definitions/for-everybody?tab=json',
    'for-everybody',
    (page) => page.locator('.cm-content').first().waitFor(),
  ],
  ['/definitions/new', 'New definition', (page) => page.locator('.cm-content').waitFor()],
  ['/executions', 'Executions', (page) => page.locator('.row').first().waitFor()],
  [
    '/executions/{id}?node=charge',
    'for-everybody failed',
    (page) => page.locator('.react-flow__node').first().waitFor(),
  ],
  [
    '/executions/{id}?node=charge&tab=timeline',
    'for-everybody failed',
    (page) => page.locator('.timeline-row').first().waitFor(),
  ],
  [
    '/executions/{id}?tab=journal',
    'for-everybody failed',
    (page) => page.locator('.journal-row').first().waitFor(),
  ],
  [
    '/executions/{id}?tab=io',
    'for-everybody failed',
    (page) => page.getByRole('group', { name: 'input', exact: true }).waitFor(),
  ],
  [
    '/dead-letters',
    'Dead letters',
    (page) => page.getByRole('heading', { name: 'Dead letters', exact: true }).waitFor(),
  ],
  ['/no-such-page', 'There is no such page', (page) => page.getByText('There is no such page').waitFor()],
];

describe.each(['light', 'dark'] as const)('everybody, %s', (theme) => {
  it.each([390, 1280])(
    'can use every page, %d wide',
    async (width) => {
      const page = await pages.open('/executions', { theme, width });
      for (const [path, title, isThere] of places) {
        await page.goto(new URL(path.replace('{id}', id), page.url()).href);
        await isThere(page);
        expect(await page.title()).toBe(`${title} · Workflow engine`);
        expect([path, await accessibilityFaults(page)]).toEqual([path, []]);
        expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, width]);
      }
    },
    180_000,
  );
});

/** What has the focus, and whether that can be seen. */
const focused = `(() => {
  const element = document.activeElement;
  const shown = element?.closest('.react-flow__node')?.querySelector('.card') ?? element;
  const { outlineStyle, outlineWidth } = getComputedStyle(shown);
  return { name: element?.getAttribute('aria-label') ?? element?.textContent ?? '', isSeen: outlineStyle !== 'none' && outlineWidth !== '0px' };
})()`;

describe('with the keyboard alone', () => {
  it('an execution is looked through, from its actions to the moments of its journal', async () => {
    const page = await pages.open(`/executions/${id}`);
    await page.locator('.react-flow__node').first().waitFor();
    const seen: string[] = [];
    const walkTo = async (wanted: RegExp): Promise<void> => {
      for (let press = 0; press < 80; press++) {
        await page.keyboard.press('Tab');
        const { name, isSeen } = await page.evaluate<{ name: string; isSeen: boolean }>(focused);
        seen.push(name);
        expect([name, isSeen]).toEqual([name, true]);
        if (wanted.test(name)) return;
      }
      throw new Error(`the focus never came to ${String(wanted)}: ${seen.join(' | ')}`);
    };
    await walkTo(/^\s*Retry$/);
    await walkTo(/^Graph$/);
    await walkTo(/^charge, fail, failed/);
    await page.keyboard.press('Enter');
    await page.getByLabel('Node charge').waitFor();
    await walkTo(/Run again from here/);
    await page.keyboard.press('Enter');
    await page.getByRole('dialog', { name: 'Run again from charge?' }).waitFor();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    expect((await page.evaluate<{ name: string }>(focused)).name).toContain('Run again from here');
    await walkTo(/Moment in the journal/);
    await page.keyboard.press('Home');
    await page.waitForURL(/at=0/);
  });

  it('nothing moves for who does not want it', async () => {
    const page = await pages.open(`/executions/${id}`);
    await page.locator('.react-flow__node').first().waitFor();
    expect(await page.evaluate('document.getAnimations().length')).toBe(0);
  });
});
