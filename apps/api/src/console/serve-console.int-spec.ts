import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import supertest from 'supertest';

import { type ApiUnderTest, startApi } from '../../testing/api-under-test';

let api: ApiUnderTest;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'console-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>The console</title>');
  writeFileSync(join(folder, 'assets/index-1a2b3c.js'), 'export {};');
  writeFileSync(join(folder, 'secret.txt'), 'not for everybody');
  api = await startApi({ consoleFolder: folder });
});
afterAll(async () => {
  await api.stop();
  rmSync(folder, { recursive: true });
});

const browse = (path: string) =>
  supertest(api.url).get(path).set('Accept', 'text/html,application/xhtml+xml,*/*;q=0.8');

describe('the console', () => {
  it.each([
    '/',
    '/executions',
    '/executions/0190a1b2-0000-7000-8000-000000000000?tab=timeline',
    '/definitions/a.b',
  ])('is the page at %s, for browsers', async (path) => {
    const { text, headers } = await browse(path).expect(200).expect('Content-Type', /html/);
    expect(text).toContain('The console');
    expect(headers['cache-control']).toBe('no-cache');
    expect(headers.vary).toContain('Accept');
  });

  it.each(['/', '/assets/index-1a2b3c.js'])('runs no script but its own files (%s)', async (path) => {
    const { headers } = await browse(path).expect(200);
    const policy = String(headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|\*|http:/);
    expect(headers['x-content-type-options']).toBe('nosniff');
  });

  it('has files that browsers keep for ever, since their names change with their content', async () => {
    const { headers } = await supertest(api.url).get('/assets/index-1a2b3c.js').expect(200);
    expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
    expect(headers['content-type']).toMatch(/javascript/);
  });

  it.each(['/assets/gone.js', '/assets/..%2fsecret.txt', '/assets/%2e%2e/secret.txt', '/secret.txt'])(
    'has no file %s',
    async (path) => {
      await supertest(api.url)
        .get(path)
        .expect(404)
        .expect('Content-Type', /problem/);
    },
  );

  it.each([
    ['/api/v1/nowhere', 404, /problem/],
    ['/api/v1/workflows', 200, /json/],
    ['/workflows/0190a1b2-0000-7000-8000-000000000000', 404, /problem/],
    ['/docs', 200, /html/],
    ['/openapi.json', 200, /json/],
    ['/schemas/definition.json', 200, /json/],
    ['/health/live', 200, /json/],
    ['/metrics', 200, /text\/plain/],
  ])('leaves %s to the API, in a browser too', async (path, status, type) => {
    const { text } = await browse(path).expect(status).expect('Content-Type', type);
    expect(text).not.toContain('The console');
  });

  it('leaves programs the answers of the API', async () => {
    await supertest(api.url).get('/').expect(200).expect('Content-Type', /json/);
    await supertest(api.url)
      .get('/executions')
      .expect(404)
      .expect('Content-Type', /problem/);
    await supertest(api.url).post('/').set('Accept', 'text/html').expect(405);
  });
});
