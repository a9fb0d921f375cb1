import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { v7 as uuidv7 } from 'uuid';

import { codeOf, DataFolderInUseError } from '../errors';

/** Files that this process holds itself: its own pid in a file is stale unless it is one of these. */
const held = new Set<string>();

/**
 * Keeps a second process off an embedded database, which takes no lock of its own. The file holds the pid
 * and, where the system tells, when that process started, so that a reused pid is not mistaken for the owner.
 */
export class FolderLock {
  private constructor(private readonly path: string) {}

  /** @throws {DataFolderInUseError} while a living process holds it; a dead one's lock is taken over. */
  static acquire(path: string, folder: string): FolderLock {
    mkdirSync(dirname(path), { recursive: true });
    const own = `${process.pid}\n${startOf(process.pid) ?? ''}\n`;
    const candidate = `${path}.${uuidv7()}`;
    writeFileSync(candidate, own);
    try {
      // A link appears with its content and fails if the name is taken: no reader sees a half-written lock.
      while (!tryLink(candidate, path)) removeStale(path, folder);
    } finally {
      rmSync(candidate, { force: true });
    }
    held.add(path);
    return new FolderLock(path);
  }

  release(): void {
    if (held.delete(this.path)) rmSync(this.path, { force: true });
  }
}

function removeStale(path: string, folder: string): void {
  const content = readIfThere(path);
  if (content === undefined) return;
  const [pid = '', start = ''] = content.split('\n');
  if (isAlive(Number(pid), start, path)) throw new DataFolderInUseError(folder, Number(pid));
  // Moved, not deleted: if somebody else has just taken it over, what we moved is theirs, and goes back.
  const moved = `${path}.${uuidv7()}`;
  try {
    renameSync(path, moved);
  } catch {
    return;
  }
  if (readIfThere(moved) !== content) tryLink(moved, path);
  rmSync(moved, { force: true });
}

function isAlive(pid: number, start: string, path: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  if (pid === process.pid) return held.has(path);
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, but belongs to another user.
    if (codeOf(error) !== 'EPERM') return false;
  }
  const current = startOf(pid);
  return start === '' || current === undefined || current === start;
}

/** When a process started, in clock ticks since boot (proc(5), field 22); undefined where there is no /proc. */
function startOf(pid: number): string | undefined {
  const stat = readIfThere(`/proc/${pid}/stat`);
  return stat
    ?.slice(stat.lastIndexOf(')') + 2)
    .split(' ')
    .at(19);
}

function tryLink(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
