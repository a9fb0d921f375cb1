import type { RoleProcess } from './role-process';

interface Sample {
  readonly atMs: number;
  readonly bytes: number;
}

/** How much memory processes hold, looked at whenever nothing runs. */
export class MemoryRecord {
  private readonly samples = new Map<RoleProcess, Sample[]>();

  constructor(processes: readonly RoleProcess[]) {
    for (const process of processes) this.samples.set(process, []);
  }

  async note(): Promise<void> {
    for (const [process, samples] of this.samples)
      samples.push({ atMs: Date.now(), bytes: await process.metric('process_resident_memory_bytes') });
  }

  /** Of each process, by the slope after the first third, when it had warmed up: 0.1 is a tenth more at the end. */
  growth(): readonly number[] {
    return Array.from(this.samples.values(), (all) => growthOf(all.slice(Math.floor(all.length / 3))));
  }

  inWords(): string {
    const growths = this.growth();
    return Array.from(this.samples, ([{ app }, samples], index) => {
      const megabytes = samples.map(({ bytes }) => Math.round(bytes / 1e6)).join(' ');
      return `${app}: ${Math.round(100 * (growths[index] ?? 0))} % of growth; MB resident: ${megabytes}`;
    }).join('\n');
  }
}

/** By the least squares line. */
function growthOf(samples: readonly Sample[]): number {
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const [at, bytes] = [mean(samples.map(({ atMs }) => atMs)), mean(samples.map((sample) => sample.bytes))];
  const spread = mean(samples.map(({ atMs }) => (atMs - at) ** 2));
  if (spread === 0) return 0;
  const slope = mean(samples.map((sample) => (sample.atMs - at) * (sample.bytes - bytes))) / spread;
  const tookMs = (samples.at(-1)?.atMs ?? 0) - (samples[0]?.atMs ?? 0);
  return (slope * tookMs) / (bytes - (slope * tookMs) / 2);
}
