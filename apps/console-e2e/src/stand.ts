import { readFileSync } from 'node:fs';

import type { ExecutionState, JsonObject, SubmittedExecution } from '@workflow-engine/contracts';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core';

/** The engine and the browser that Jest's global set-up started. */
export const engineUrl = process.env.ENGINE_URL ?? '';

export interface PageOptions {
  readonly url?: string;
  readonly theme?: 'light' | 'dark';
  readonly width?: number;
}

/** Pages of one test file; whatever goes wrong in them without anybody looking is collected in `faults`. */
export class Pages {
  readonly faults: string[] = [];
  private browser: Browser | undefined;
  private readonly contexts: BrowserContext[] = [];

  async open(
    path: string,
    { url = engineUrl, theme = 'light', width = 1280 }: PageOptions = {},
  ): Promise<Page> {
    this.browser ??= await chromium.connect(process.env.BROWSER_ENDPOINT ?? '');
    const context = await this.browser.newContext({
      viewport: { width, height: 820 },
      colorScheme: theme,
      reducedMotion: 'reduce',
    });
    this.contexts.push(context);
    context.setDefaultTimeout(30_000);
    const page = await context.newPage();
    page.on('pageerror', (error) => this.faults.push(`${path}: ${error.message}`));
    page.on('dialog', (dialog) => {
      this.faults.push(`${path}: a dialog says ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on('console', (message) => {
      // Refusals and lost connections are part of the tests.
      if (message.type() === 'error' && !message.text().startsWith('Failed to load resource')) {
        this.faults.push(`${path}: ${message.text()}`);
      }
    });
    await page.goto(url + path);
    return page;
  }

  async close(): Promise<void> {
    for (const context of this.contexts) await context.close();
    await this.browser?.close();
  }
}

export async function call<T>(method: string, path: string, body?: object): Promise<T> {
  const response = await fetch(engineUrl + path, {
    method,
    headers: { 'content-type': 'application/json' },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return (await response.json()) as T;
}

export async function submit(definition: object): Promise<string> {
  return (await call<SubmittedExecution>('POST', '/workflow', definition)).execution_id;
}

/** Submits and triggers; the id. */
export async function run(definition: object, input: JsonObject = {}): Promise<string> {
  const id = await submit(definition);
  await call('POST', `/workflow/trigger/${id}`, { input });
  return id;
}

export function status(id: string): Promise<ExecutionState> {
  return call('GET', `/workflows/${id}`);
}

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly help: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
}

/** The faults that axe finds, in words. */
export async function accessibilityFaults(page: Page): Promise<readonly string[]> {
  const source = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
  // Evaluated by the debugger, which the Content-Security-Policy does not concern.
  await page.evaluate(source);
  const results = await page.evaluate<AxeResults>(
    'axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })',
  );
  return results.violations.map(
    ({ id, help, nodes }) =>
      `${id}: ${help}\n${nodes
        .slice(0, 5)
        .map(({ html, failureSummary }) => `   ${html.slice(0, 200)}\n      ${failureSummary}`)
        .join('\n')}`,
  );
}
