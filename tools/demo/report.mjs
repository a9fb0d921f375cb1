// The closing table of the demo.
import { label } from './board.mjs';

/** @param {object[]} shows executions that have ended */
export function closingTable(shows) {
  const rows = shows.map((show) => [
    show.problems.length === 0 ? 'ok' : 'NOT',
    show.payload.name,
    short(show.run.name),
    show.expected ?? show.run.status,
    show.got ?? show.status,
    show.ms === undefined ? '' : `${(show.ms / 1000).toFixed(2)} s`,
    show.note ?? '',
  ]);
  const header = ['', 'payload', 'run', 'expected', 'got', 'took', 'what happened'];
  const widths = header.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => row[column].length)),
  );
  const text = [header, ...rows].map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join('  ')
      .trimEnd(),
  );
  const problems = shows.flatMap((show) => show.problems.map((problem) => `  ${label(show)}: ${problem}`));
  return `\n${text.join('\n')}${problems.length > 0 ? `\n\nNot as expected:\n${problems.join('\n')}` : ''}`;
}

function short(text) {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}
