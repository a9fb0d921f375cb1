// Shows executions while they run: lines redrawn in place on a terminal, one line per change elsewhere.

const colours = { COMPLETED: 32, FAILED: 31, TIMED_OUT: 31, CANCELLED: 33, RUNNING: 36, PAUSED: 33 };
const barWidth = 20;
const redrawMs = 80;

/** @param {import('node:tty').WriteStream} out @param {object[]} shows each is `done` once it has been checked */
export function boardFor(out, shows) {
  return out.isTTY ? liveBoard(out, shows) : plainBoard(out);
}

/** What is done scrolls away above; what still runs is redrawn below, as much of it as fits the terminal. */
function liveBoard(out, shows) {
  const told = new Set();
  let height = 0;
  const draw = () => {
    const ended = shows.filter((show) => show.done && !told.has(show));
    const active = shows.filter((show) => !show.done);
    const shown = active.slice(0, Math.max(1, (out.rows ?? 24) - 3));
    const lines = shown.map((show) => line(show, out.columns));
    if (active.length > shown.length) lines.push(`… and ${active.length - shown.length} more`);
    const up = height > 0 ? `\x1b[${height}A\x1b[J` : '';
    out.write(
      up + [...ended.map((show) => line(show, out.columns)), ...lines].map((text) => `${text}\n`).join(''),
    );
    for (const show of ended) told.add(show);
    height = lines.length;
  };
  const timer = setInterval(draw, redrawMs);
  out.write('\x1b[?25l');
  const showCursor = () => out.write('\x1b[?25h');
  process.once('exit', showCursor);
  process.once('SIGINT', () => process.exit(130));
  return {
    update() {},
    close() {
      clearInterval(timer);
      draw();
      showCursor();
    },
  };
}

function line(show, columns) {
  const name = label(show).slice(0, 46).padEnd(46);
  const filled = show.total === 0 ? 0 : Math.round((show.finished / show.total) * barWidth);
  const bar = '█'.repeat(filled) + '░'.repeat(barWidth - filled);
  const count = `${show.finished}/${show.total}`.padStart(7);
  const room = Math.max(0, columns - 46 - barWidth - 7 - 12 - 6);
  const active = (show.active ?? []).join(', ').slice(0, room);
  return `${name} ${bar} ${count} \x1b[${colours[show.status] ?? 90}m${show.status.padEnd(10)}\x1b[0m ${active}`;
}

function plainBoard(out) {
  const told = new Map();
  return {
    update(show) {
      const text = `${show.status} ${show.finished}/${show.total}`;
      if (told.get(show) === text) return;
      told.set(show, text);
      out.write(`${text.padEnd(20)} ${label(show)}\n`);
    },
    close() {},
  };
}

export function label({ payload, run }) {
  return `${payload.name}: ${run.name}`;
}
