import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

import { DataFolderInUseError } from '../errors';
import { FolderLock } from './folder-lock';

describe('FolderLock', () => {
  let folder: string;
  let path: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'workflow-engine-lock-'));
    path = join(folder, 'postgres.lock');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('holds our pid until it is released, and leaves nothing behind', () => {
    const lock = FolderLock.acquire(path, folder);
    expect(readFileSync(path, 'utf8')).toMatch(new RegExp(`^${process.pid}\n`));
    lock.release();
    lock.release();
    expect(readdirSync(folder)).toEqual([]);
  });

  it('refuses a second holder in the same process', () => {
    const lock = FolderLock.acquire(path, folder);
    expect(() => FolderLock.acquire(path, folder)).toThrow(DataFolderInUseError);
    lock.release();
    FolderLock.acquire(path, folder).release();
  });

  it('refuses a living process, naming it and the folder', async () => {
    const other = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(other, 'spawn');
    try {
      writeFileSync(path, `${other.pid ?? ''}\n`);
      expect(() => FolderLock.acquire(path, folder)).toThrow(
        `the data folder ${folder} is in use by process ${other.pid ?? ''}`,
      );
      expect(existsSync(path)).toBe(true);
    } finally {
      other.kill('SIGKILL');
      await once(other, 'exit');
    }
    // And once it is dead, however it died, the folder is free.
    FolderLock.acquire(path, folder).release();
  });

  it.each([
    ['of an earlier process with our pid', `${process.pid}\n1\n`],
    ['cut short', ''],
    ['of no process', 'nonsense\n'],
  ])('takes over a lock %s', (_, content) => {
    writeFileSync(path, content);
    const lock = FolderLock.acquire(path, folder);
    expect(readdirSync(folder)).toEqual(['postgres.lock']);
    lock.release();
  });

  const onLinux = process.platform === 'linux' ? it : it.skip;
  onLinux('takes over the lock of a dead process whose pid another one has now', () => {
    writeFileSync(path, `${process.ppid}\n1\n`);
    FolderLock.acquire(path, folder).release();
  });
});
