// The README's table of what was tried: a row for each fault, as it was the last time.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

import { sectionOf, withSection } from '../readme-section.cjs';

const HEAD = ['fault', 'executions', 'lost', 'recorded twice', 'extra effects', 'recovered after'];

/** @param {readonly { fault: string, executions: number, lost: number, recordedTwice: number, extraEffects: number,
 *   settledMs: number }[]} results of a run with the long numbers, in which no promise was broken */
export function publish(results) {
  const page = readFileSync('README.md', 'utf8');
  const rows = new Map(rowsOf(sectionOf(page, 'faults')).map((row) => [row[0], row]));
  for (const result of soakTogether(results)) rows.set(result.fault, rowOf(result));
  const lines = [HEAD, HEAD.map(() => '-'), ...rows.values()].map((row) => `| ${row.join(' | ')} |`);
  writeFileSync('README.md', withSection(page, 'faults', lines.join('\n')));
  spawnSync('npx', ['--no-install', 'prettier', '--write', 'README.md'], { stdio: 'ignore' });
}

/** The rounds of a soak are one row. */
function soakTogether(results) {
  const rounds = results.filter(({ fault }) => /^soak \d+$/.test(fault));
  if (rounds.length === 0) return results;
  const sum = (count) => rounds.reduce((total, round) => total + count(round), 0);
  const soak = {
    fault: 'soak, four random faults a round',
    executions: sum(({ executions }) => executions),
    lost: sum(({ lost }) => lost),
    recordedTwice: sum(({ recordedTwice }) => recordedTwice),
    extraEffects: sum(({ extraEffects }) => extraEffects),
    settledMs: Math.max(...rounds.map(({ settledMs }) => settledMs)),
  };
  return [...results.filter((result) => !rounds.includes(result)), soak];
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

function rowOf({ fault, executions, lost, recordedTwice, extraEffects, settledMs }) {
  const recovered = settledMs === 0 ? '' : `${Math.max(1, Math.round(settledMs / 1000))} s`;
  return [fault, executions, lost, recordedTwice, extraEffects, recovered];
}
