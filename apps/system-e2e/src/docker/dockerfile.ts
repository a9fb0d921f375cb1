/** A stage of a Dockerfile, with what it inherits from the stages it is built on. */
export interface Stage {
  readonly user: string | undefined;
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly exposed: readonly number[];
  readonly stopSignal: string | undefined;
  readonly isProbed: boolean;
}

const blank: Stage = {
  user: undefined,
  command: [],
  env: {},
  exposed: [],
  stopSignal: undefined,
  isProbed: false,
};

/** By name. Knows the instructions that say how a container runs, no others. */
export function parseDockerfile(text: string): ReadonlyMap<string, Stage> {
  const stages = new Map<string, Stage>();
  let name = '';
  const logicalLines = text.replaceAll(/\\\n/g, ' ').split('\n');
  for (const line of logicalLines) {
    const [, instruction = '', rest = ''] = /^([A-Z]+)\s+(.*)$/.exec(line.trim()) ?? [];
    if (instruction === 'FROM') {
      const [base = '', , alias = ''] = rest.split(/\s+/);
      name = alias;
      stages.set(name, stages.get(base) ?? blank);
    }
    const stage = stages.get(name);
    if (stage !== undefined) stages.set(name, { ...stage, ...change(stage, instruction, rest) });
  }
  return stages;
}

function change(stage: Stage, instruction: string, rest: string): Partial<Stage> {
  switch (instruction) {
    case 'USER':
      return { user: rest };
    case 'CMD':
      // The shell form would put a shell between SIGTERM and the app.
      return { command: JSON.parse(rest) as string[] };
    case 'ENV':
      return { env: { ...stage.env, ...Object.fromEntries(rest.split(/\s+/).map(pair)) } };
    case 'EXPOSE':
      return { exposed: [...stage.exposed, Number(rest)] };
    case 'STOPSIGNAL':
      return { stopSignal: rest };
    case 'HEALTHCHECK':
      return { isProbed: true };
    default:
      return {};
  }
}

function pair(text: string): [string, string] {
  const [name = '', value = ''] = text.split('=');
  return [name, value];
}
