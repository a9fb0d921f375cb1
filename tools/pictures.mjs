// `npm run pictures`: the pictures of the README, taken from the running product: an engine of its own, an order that
// goes wrong in an interesting way, and the console in a real browser, light and dark. Written to tools/pictures/.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

import { chromium } from 'playwright-core';

import { orderOf, upstreamAnswer } from './pictures/order.mjs';
import { CHROMIUM_FLAGS, findChromium } from './services/chromium.mjs';

const START_MS = 600_000;
const MAX_BYTES = 150_000;
const size = { width: 1440, height: 720 };
const folder = new URL('pictures/', import.meta.url).pathname;

const upstream = createServer(upstreamAnswer);
await new Promise((resolve) => upstream.listen(0, '127.0.0.1', resolve));
const shop = `127.0.0.1:${upstream.address().port}`;
const data = mkdtempSync(join(tmpdir(), 'workflow-engine-pictures-'));
const engine = spawn(process.execPath, ['apps/standalone/dist/main.js', '--port', '0', '--data', data], {
  stdio: ['ignore', 'pipe', 'inherit'],
  env: { ...process.env, LOG_LEVEL: 'warn', DATABASE_URL: '', HTTP_ALLOW_HOSTS: shop },
});
try {
  await takePictures(await urlOf(engine));
} finally {
  const ended = new Promise((resolve) => engine.once('exit', resolve));
  if (engine.kill()) await ended;
  upstream.close();
  rmSync(data, { recursive: true, force: true });
}

async function takePictures(url) {
  const id = await failedOrder(url);
  const { path, env } = findChromium();
  const browser = await chromium.launch({
    executablePath: path,
    args: CHROMIUM_FLAGS,
    env: { ...process.env, ...env },
  });
  try {
    for (const theme of ['light', 'dark']) {
      const context = await browser.newContext({
        viewport: size,
        colorScheme: theme,
        reducedMotion: 'reduce',
      });
      context.setDefaultTimeout(START_MS);
      const page = await context.newPage();
      await page.goto(`${url}/executions/${id}`);
      await page.locator('.react-flow__node[data-id="charge"][aria-label*="failed"]').click();
      await page.getByLabel('Node charge').getByRole('button', { name: 'Retry the task' }).waitFor();
      await page.getByRole('button', { name: 'Fit View' }).click();
      await write(page, `graph-${theme}.png`);
      await page.goto(`${url}/executions/${id}?tab=timeline`);
      await page.locator('.timeline-row').first().waitFor();
      await write(page, `timeline-${theme}.png`);
      await context.close();
    }
  } finally {
    await browser.close();
  }
}

async function write(page, name) {
  const path = join(folder, name);
  // What the page has fetched is drawn in the next frames.
  await sleep(500);
  await page.screenshot({ path });
  const { size: bytes } = statSync(path);
  console.log(`${name}: ${Math.round(bytes / 1_000)} kB`);
  if (bytes > MAX_BYTES) throw new Error(`${name} is too large for a README: ${bytes} bytes`);
}

/** Some orders that succeed, and the id of one that fails. */
async function failedOrder(url) {
  for (const sku of ['tea-01', 'mug-07']) await ended(url, await start(url, { sku, card: 'valid' }));
  const id = await start(url, { sku: 'pot-03', card: 'expired' });
  await ended(url, id);
  return id;
}

async function start(url, input) {
  const { execution_id: id } = await post(`${url}/workflow`, orderOf(`http://${shop}`));
  await post(`${url}/workflow/trigger/${id}`, { input });
  return id;
}

async function ended(url, id) {
  for (;;) {
    const { status } = await (await fetch(`${url}/workflows/${id}`)).json();
    if (['COMPLETED', 'FAILED'].includes(status)) return;
    await sleep(100);
  }
}

async function post(url, body) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`POST ${url}: ${response.status} ${await response.text()}`);
  return response.json();
}

function urlOf(child) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the engine did not start')), START_MS);
    let said = '';
    child.once('exit', (code) => reject(new Error(`the engine ended with ${code}; is it built?`)));
    child.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const url = /listens on (http:\S+)/.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}
