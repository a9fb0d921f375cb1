// Preloaded into a process: its wall clock can be set wrong. At SIGUSR2 it reads by how many milliseconds, from the
// file named after its pid in the folder of SHIFTED_CLOCKS. Timers and performance.now() go on, as they really would.
const { readFileSync } = require('node:fs');
const { join } = require('node:path');

const RealDate = Date;
let shiftMs = 0;

globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + shiftMs);
    else super(...args);
  }
  static now() {
    return RealDate.now() + shiftMs;
  }
};

process.on('SIGUSR2', () => {
  shiftMs = Number(readFileSync(join(process.env.SHIFTED_CLOCKS, String(process.pid)), 'utf8'));
});
