// The README's table of what was tried: a row for each fault, as it was the last time.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

import { sectionOf, withSection } from '../readme-section.cjs';

const HEAD = [
  'fault',
  'executions',
  'a second',
  'lost',
  'recorded twice',
  'extra effects',
  'recovered after',
  'measured',
];

/**
 * @typedef {{ fault: string, executions: number, lost: number, recordedTwice: number, extraEffects: number,
 *   settledMs: number, loadMs: number }} FaultReport see `apps/system-e2e/src/distributed/fault-report.ts`
 * @typedef {{ minutes: number, faults: number, memoryGrowth: number }} SoakReport
 */

/** @param {readonly (FaultReport | SoakReport)[]} results of a run with the long numbers, in which no promise was broken */
export function publish(results) {
  const page = readFileSync('README.md', 'utf8');
  const rows = new Map(rowsOf(sectionOf(page, 'faults')).map((row) => [row[0], row]));
  for (const result of soakTogether(results)) {
    // Its name tells of its figures.
    if (isSoak(result.fault)) for (const name of rows.keys()) if (isSoak(name)) rows.delete(name);
    rows.set(result.fault, rowOf(result));
  }
  const lines = [HEAD, HEAD.map(() => '-'), ...rows.values()].map((row) => `| ${row.join(' | ')} |`);
  writeFileSync('README.md', withSection(page, 'faults', lines.join('\n')));
  spawnSync('npx', ['--no-install', 'prettier', '--write', 'README.md'], { stdio: 'ignore' });
}

function isSoak(fault) {
  return fault.startsWith('soak');
}

/** The rounds of a soak are one row. @returns {FaultReport[]} */
function soakTogether(results) {
  const soak = results.find(({ memoryGrowth }) => memoryGrowth !== undefined);
  if (soak === undefined) return results;
  const rounds = results.filter(({ fault }) => /^soak \d+$/.test(fault));
  const others = results.filter((result) => result !== soak && !rounds.includes(result));
  const sum = (count) => rounds.reduce((total, round) => total + count(round), 0);
  const growth = Math.round(100 * soak.memoryGrowth);
  const together = {
    fault: `soak of ${soak.minutes} minutes: ${soak.faults} random faults; memory of a role ${growth < 0 ? '' : '+'}${growth} % at most`,
    executions: sum(({ executions }) => executions),
    lost: sum(({ lost }) => lost),
    recordedTwice: sum(({ recordedTwice }) => recordedTwice),
    extraEffects: sum(({ extraEffects }) => extraEffects),
    settledMs: Math.max(...rounds.map(({ settledMs }) => settledMs)),
    loadMs: sum(({ loadMs }) => loadMs),
  };
  return [...others, together];
}

/** Without its head. */
function rowsOf(table) {
  const lines = table.split('\n').filter((line) => line.startsWith('|'));
  return lines.slice(2).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

function rowOf({ fault, executions, lost, recordedTwice, extraEffects, settledMs, loadMs }) {
  const perSecond = loadMs === 0 ? '' : Math.round((1000 * executions) / loadMs);
  const recovered = settledMs === 0 ? '' : `${Math.max(1, Math.round(settledMs / 1000))} s`;
  const measured = new Date().toISOString().slice(0, 10);
  return [fault, executions, perSecond, lost, recordedTwice, extraEffects, recovered, measured];
}
