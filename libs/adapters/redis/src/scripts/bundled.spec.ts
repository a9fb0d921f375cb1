import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { luaSources } from './bundled';
import { scriptOf } from './script';

describe('the bundled scripts', () => {
  it('are those in lua/; run "node lua/bundle.mjs" otherwise', () => {
    const folder = mkdtempSync(join(tmpdir(), 'workflow-engine-lua-'));
    try {
      const fresh = join(folder, 'bundled.ts');
      execFileSync(process.execPath, [join(__dirname, '../../lua/bundle.mjs'), fresh]);
      expect(readFileSync(join(__dirname, 'bundled.ts'), 'utf8')).toBe(readFileSync(fresh, 'utf8'));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('are known by their SHA-1, as the server computes it', () => {
    for (const name of Object.keys(luaSources) as (keyof typeof luaSources)[])
      expect(scriptOf(name).sha).toMatch(/^[0-9a-f]{40}$/);
  });
});
