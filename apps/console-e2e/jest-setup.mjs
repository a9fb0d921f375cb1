// One engine (all roles, embedded, on a free port) and one browser for all test files: ENGINE_URL, BROWSER_ENDPOINT.
import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { chromium } from 'playwright-core';

import { CHROMIUM_FLAGS, findChromium } from '../../tools/services/chromium.mjs';

const main = join(import.meta.dirname, '../standalone/dist/main.js');
const startMs = 120_000;

export default async function setup() {
  const folder = mkdtempSync(join(tmpdir(), 'console-e2e-'));
  const engine = spawn(process.execPath, [main, '--port', '0', '--data', folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, LOG_LEVEL: 'warn', DATABASE_URL: '' },
  });
  globalThis.consoleStand = { engine, folder };
  process.env.ENGINE_URL = await urlOf(engine);
  const { path, env } = findChromium();
  const server = await chromium.launchServer({
    executablePath: path,
    args: CHROMIUM_FLAGS,
    env: { ...process.env, ...env },
  });
  globalThis.consoleStand.server = server;
  process.env.BROWSER_ENDPOINT = server.wsEndpoint();
}

function urlOf(engine) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error('the engine did not start')), startMs);
    let said = '';
    engine.once('exit', (code) => reject(new Error(`the engine ended with ${code}: ${said}`)));
    engine.stdout.setEncoding('utf8').on('data', (text) => {
      said += text;
      const url = /listens on (http:\S+)/.exec(said)?.[1];
      if (url === undefined) return;
      clearTimeout(timer);
      resolve(url);
    });
  });
}
