import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { wfe } from '../src/program';

export interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

export interface ShellOptions {
  readonly url?: string;
  readonly stdin?: string;
  readonly signal?: AbortSignal;
  readonly env?: Readonly<Record<string, string>>;
  /** Hears what is written for people, as it is written. */
  readonly onErr?: (text: string) => void;
  /** Standard error is a terminal. */
  readonly tty?: boolean;
}

/** Runs command lines against a terminal made of strings, with files in a folder of its own. */
export class Shell {
  private readonly folder = mkdtempSync(join(tmpdir(), 'wfe-'));

  constructor(private readonly url: string) {}

  /** Writes a file. @returns its path */
  file(name: string, content: object | string): string {
    const path = join(this.folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
    return path;
  }

  async run(args: readonly string[], options: ShellOptions = {}): Promise<Outcome> {
    let [out, err] = ['', ''];
    const code = await wfe(args, {
      out: { write: (text) => (out += text) },
      err: {
        write: (text) => {
          err += text;
          options.onErr?.(text);
        },
        ...(options.tty === true && { isTTY: true, columns: 100, rows: 30 }),
      },
      env: { WFE_URL: options.url ?? this.url, ...options.env },
      signal: options.signal ?? new AbortController().signal,
      readStdin: () => Promise.resolve(options.stdin ?? ''),
    });
    return { code, out, err };
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}
