import { afterAll, describe, expect, it } from '@jest/globals';
import type { DefinitionDocument } from '@workflow-engine/contracts';
import type { Locator, Page } from 'playwright-core';

import { failing, fine, waiting } from './definitions';
import { accessibilityFaults, call, Pages, run } from './stand';

const pages = new Pages();
afterAll(async () => {
  await pages.close();
  expect(pages.faults).toEqual([]);
});

const register = (definition: object): Promise<DefinitionDocument> =>
  call('POST', '/api/v1/definitions', definition);

const editorOf = (page: Page): Locator => page.getByRole('textbox', { name: 'Definition as JSON' });

/** Takes the place of everything in the editor. */
async function write(page: Page, text: string): Promise<void> {
  await editorOf(page).click();
  await page.keyboard.press('Control+a');
  await page.keyboard.insertText(text);
}

const hostile = '<img src=x onerror="alert(1)">/../${x} ünï?&#%';

describe('the list of definitions', () => {
  it('is searched, and leads to a workflow and to its executions', async () => {
    await register(fine('listed-one'));
    await register({ ...fine('listed-one'), description: 'Another version' });
    await register(fine('listed-two'));
    const page = await pages.open('/executions');
    await page.getByRole('heading', { name: 'Executions' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('d');
    await page.waitForURL(/\/definitions$/);
    await page.getByRole('link', { name: 'listed-two', exact: true }).waitFor();
    await page.keyboard.press('/');
    await page.keyboard.type('Listed-ONE');
    await page.getByText('1 workflow', { exact: true }).waitFor();
    await page.waitForURL(/search=Listed-ONE/);
    await page.reload();
    await page.locator('.row', { hasText: '2 versions' }).waitFor();
    await page.getByRole('link', { name: 'Executions of listed-one' }).click();
    await page.waitForURL(/\/executions\?name=listed-one/);
    await page.goBack();
    await page.keyboard.press('Escape');
    await page.getByRole('link', { name: 'listed-one', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'listed-one v2' }).waitFor();
  });

  it('shows hostile names as text, and opens them', async () => {
    await register(fine(hostile));
    const page = await pages.open(`/definitions?${new URLSearchParams({ search: hostile })}`);
    await page.getByRole('link', { name: hostile, exact: true }).click();
    await page.getByRole('heading', { name: `${hostile} v1` }).waitFor();
    await page.getByRole('link', { name: 'Executions', exact: true }).last().click();
    await page.getByText('Nothing matches').waitFor();
  });

  it("opens a workflow whose name is also the editor's", async () => {
    await register(fine('new'));
    const page = await pages.open('/definitions?search=new');
    await page.getByRole('link', { name: 'new', exact: true }).click();
    await page.getByRole('heading', { name: /^new v\d/ }).waitFor();
  });
});

describe('a definition', () => {
  it('shows its versions as graph, text and changes', async () => {
    await register(waiting('shown'));
    await register(waiting('shown', 'PT1H'));
    const page = await pages.open('/definitions/shown');
    await page.locator('.card', { hasText: 'hold' }).click();
    await page.waitForURL(/node=hold/);
    const node = page.getByLabel('Node hold');
    await node.getByText('PT1H').waitFor();
    await node.getByRole('button', { name: 'Show in the JSON' }).click();
    await page.waitForURL(/at=%2Fdag%2Fnodes%2F1/);
    await page.locator('.cm-line', { hasText: 'PT1H' }).waitFor();
    await page.getByRole('tab', { name: 'Changes' }).click();
    await page.locator('.cm-deletedChunk', { hasText: 'PT10M' }).waitFor();
    await page.locator('.cm-changedLine', { hasText: 'PT1H' }).waitFor();
    await page.getByRole('tab', { name: 'JSON' }).click();
    await page.getByRole('navigation', { name: 'Versions' }).getByRole('link', { name: 'v1' }).click();
    await page.getByRole('heading', { name: 'shown v1' }).waitFor();
    await page.locator('.cm-line', { hasText: 'PT10M' }).waitFor();
  });

  it('is opened at the place that an address names', async () => {
    await register(waiting('placed'));
    const page = await pages.open('/definitions/placed?version=1&at=/dag/nodes/2/config/text');
    await page.locator('.cm-line', { hasText: 'Hi ${input.who}' }).waitFor();
    expect(
      await page.evaluate('document.querySelector(".json-editor").shadowRoot.getSelection().toString()'),
    ).toBe('"Hi ${input.who}"');
  });

  it('is run with a form for its input', async () => {
    await register(fine('runnable'));
    const page = await pages.open('/definitions/runnable');
    await page.getByRole('button', { name: 'Run' }).click();
    const dialog = page.getByRole('dialog', { name: 'Run runnable v1' });
    await dialog.getByLabel('sku').fill('A-1');
    await dialog.getByRole('button', { name: 'Run' }).click();
    await page.waitForURL(/\/executions\/[0-9a-f-]+/);
    await page.locator('.badge', { hasText: 'completed' }).first().waitFor();
  });

  it('is a link away from each node of an execution', async () => {
    const id = await run(failing('linked'));
    const page = await pages.open(`/executions/${id}?node=charge`);
    await page.getByRole('link', { name: 'Open it in the definition' }).click();
    await page.waitForURL(/\/definitions\/linked\?version=1&at=%2Fdag%2Fnodes%2F1/);
    await page.locator('.cm-line', { hasText: 'OUT_OF_STOCK' }).waitFor();
  });

  it('says that there is none of that name', async () => {
    const page = await pages.open('/definitions/nowhere-to-be-found');
    await page.getByRole('alert').waitFor();
  });
});

describe('the editor', () => {
  it('leads back from a definition that is not there', async () => {
    const page = await pages.open('/definitions/new?from=nobodys&version=1');
    await page.getByRole('alert').waitFor();
    await page.getByRole('link', { name: 'All definitions' }).click();
    await page.getByRole('heading', { name: 'Definitions' }).waitFor();
  });

  it('draws what is written letter by letter', async () => {
    const page = await pages.open('/definitions/new');
    await write(page, '{}');
    await page.getByText('0 nodes').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.type('"dag": {"nodes": [{"id": "first", "handler": "noop"');
    await page.locator('.card', { hasText: 'first' }).waitFor();
  });

  it('completes keys and values from the schema', async () => {
    const page = await pages.open('/definitions/new');
    await write(page, '{\n  "name": "completed",\n  "dag": {"nodes": [{"id": "a", "handler": "noop", ');
    await page.keyboard.type('"on_f');
    // Enter takes nothing that has only just come up, lest it surprises somebody who wants a new line.
    await page.getByRole('option', { name: 'on_failure' }).click();
    await page.keyboard.press('Control+Space');
    await page.keyboard.type('cont');
    await page.getByRole('option', { name: 'continue' }).click();
    await page.keyboard.press('Control+End');
    await page.keyboard.type('}]}}');
    await page.getByText('No faults').waitFor();
    await page.getByRole('button', { name: 'Register' }).click();
    await page.getByRole('heading', { name: 'completed v1' }).waitFor();
    const { definition } = await call<DefinitionDocument>('GET', '/api/v1/definitions/completed');
    expect(definition).toMatchObject({ dag: { nodes: [{ id: 'a', on_failure: 'continue' }] } });
  });

  it('completes handlers and the keys of their configs', async () => {
    const page = await pages.open('/definitions/new');
    await write(page, '{\n  "name": "handled",\n  "dag": {"nodes": [{"id": "a", ');
    await page.keyboard.type('"hand');
    await page.getByRole('option', { name: 'handler' }).click();
    await page.keyboard.type('htt');
    await page.getByRole('option', { name: 'http' }).click();
    await page.keyboard.press('End');
    await page.keyboard.type(', "config": {"ur');
    await page.getByRole('option', { name: 'url' }).click();
    await page.keyboard.type('http://127.0.0.1/');
    await page.keyboard.press('Control+End');
    await page.keyboard.type('}]}}');
    await page.getByText('No faults').waitFor();
    await page.locator('.card', { hasText: 'http' }).waitFor();
  });

  it('shows faults at their place as one types, and leads to them', async () => {
    const page = await pages.open('/definitions/new');
    await write(page, '{\n  "name": "x",\n  "dag": {"nodes": [{"id": "a", "handler": "htp"},]}\n}');
    await page.getByText('1 fault', { exact: true }).waitFor();
    await page.getByRole('list', { name: 'Faults' }).getByText('a comma must not be the last').waitFor();
    await write(page, '{\n  "name": "x",\n  "dag": {"nodes": [{"id": "a", "handler": "htp"}]}\n}');
    await page.locator('.cm-lintRange-error', { hasText: '"htp"' }).waitFor();
    const fault = page.getByRole('list', { name: 'Faults' }).getByText('Did you mean "http"?');
    await fault.click();
    await page.keyboard.type('"noop"');
    await page.getByText('No faults').waitFor();
    await page.locator('.card', { hasText: 'noop' }).waitFor();
  });

  it('registers a new version and runs it', async () => {
    await register(fine('edited'));
    const page = await pages.open('/definitions/edited');
    await page.getByRole('link', { name: 'Edit as new version' }).click();
    await page.locator('.card', { hasText: 'done' }).waitFor();
    await write(page, JSON.stringify({ ...fine('edited'), description: 'Changed' }, null, 2));
    await page.getByText('No faults').waitFor();
    await page.getByRole('button', { name: 'Run …' }).click();
    const dialog = page.getByRole('dialog', { name: 'Register and run' });
    await dialog.getByLabel('sku').fill('A-1');
    await dialog.getByRole('button', { name: 'Run' }).click();
    await page.waitForURL(/\/executions\/[0-9a-f-]+/);
    await page.getByRole('heading', { name: 'edited v2' }).waitFor();
  });

  it('keeps what is not registered, says so, and asks before it is left', async () => {
    const page = await pages.open('/definitions/new');
    await write(page, '{"name": "kept", "dag": {}}');
    await page.getByText('Not registered yet; kept in this browser.').waitFor();
    await page.reload();
    await page.locator('.cm-line', { hasText: '"kept"' }).waitFor();
    await page.getByRole('link', { name: 'Definitions' }).click();
    const dialog = page.getByRole('dialog', { name: 'Leave without registering?' });
    await dialog.getByRole('button', { name: 'Stay' }).click();
    await dialog.waitFor({ state: 'detached' });
    await page.locator('.cm-line', { hasText: '"kept"' }).waitFor();
    await page.getByRole('link', { name: 'Definitions' }).click();
    await dialog.getByRole('button', { name: 'Leave', exact: true }).click();
    await page.getByRole('link', { name: 'New definition' }).click();
    await page.locator('.cm-line', { hasText: '"kept"' }).waitFor();
    await page.getByRole('button', { name: 'Discard changes' }).click();
    await page.locator('.cm-line', { hasText: '"my-workflow"' }).waitFor();
    await page.getByRole('link', { name: 'Definitions' }).click();
    await page.getByRole('heading', { name: 'Definitions' }).waitFor();
  });

  it('is left with Esc and Tab, although Tab indents', async () => {
    const page = await pages.open('/definitions/new');
    await editorOf(page).click();
    await page.getByText('Esc, then Tab leaves the editor').waitFor();
    const isInside = (): Promise<boolean> =>
      page.evaluate<boolean>('document.activeElement.matches(".json-editor")');
    await page.keyboard.press('Tab');
    expect(await isInside()).toBe(true);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    expect(await isInside()).toBe(false);
  });
});

describe.each([
  { theme: 'light', width: 1280 },
  { theme: 'dark', width: 390 },
] as const)('for everybody ($theme, $width wide)', (options) => {
  it.each([
    ['/definitions', '.row'],
    ['/definitions/everybody?node=hold', '.card'],
    ['/definitions/everybody?tab=json', '.cm-line'],
    ['/definitions/everybody?tab=changes', '.cm-line'],
    ['/definitions/new', '.card'],
  ])('%s', async (path, ready) => {
    await register(waiting('everybody'));
    await register(waiting('everybody', 'PT1H'));
    const page = await pages.open(path, options);
    await page.locator(ready).first().waitFor();
    if (path === '/definitions/new') {
      await write(page, '{"name": "faulty", "dag": {"nodes": [{"id": "a", "handler": "htp"}]}}');
      await page.locator('.faults').waitFor();
    }
    expect(await accessibilityFaults(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(options.width);
  });
});
