import type { Clock, Ids, Random } from '../ports/clock';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      if (ms <= 0) return void setImmediate(resolve);
      // Longer than a timer can count (24.8 days) is as good as for ever: callers look again when they wake.
      const timer = setTimeout(done, Math.min(ms, 2 ** 31 - 1));
      signal?.addEventListener('abort', done, { once: true });
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
    }),
};

/** UUIDv7 (RFC 9562, 5.7): 48 bits of milliseconds, then 74 random bits. */
export function uuidV7Ids(clock: Clock, random: Random): Ids {
  const randomHex = (digits: number): string => hex(Math.floor(random() * 16 ** digits), digits);
  return {
    next() {
      const time = hex(clock.now(), 12);
      const variant = hex(8 + Math.floor(random() * 4), 1);
      return `${time.slice(0, 8)}-${time.slice(8)}-7${randomHex(3)}-${variant}${randomHex(3)}-${randomHex(6)}${randomHex(6)}`;
    },
  };
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
