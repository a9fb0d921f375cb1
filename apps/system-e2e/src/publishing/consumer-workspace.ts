import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { workspaceRoot } from '../app-process';

/** What a user of the libraries writes: a handler of their own, the built-in ones, an engine, a workflow. */
const program = `
import { createInMemoryEngine, TaskFailure, type TaskHandler } from '@workflow-engine/execution';
import { AjvSchemaValidator } from '@workflow-engine/json-schema';
import { builtInHandlers } from '@workflow-engine/task-handlers';

type GreetConfig = { readonly name: string; readonly excited?: boolean };

const greet: TaskHandler<GreetConfig, { text: string }> = {
  name: 'greet',
  configSchema: {
    type: 'object',
    properties: { name: { type: 'string' }, excited: { type: 'boolean' } },
    required: ['name'],
    additionalProperties: false,
  },
  run({ name, excited = false }, { attempt, idempotencyKey, log, signal }) {
    log.info(\`greeting \${name} for \${idempotencyKey}\`);
    signal.throwIfAborted();
    if (attempt === 1) throw new TaskFailure('SHY', 'not at the first attempt', { retryable: true });
    return { text: \`Hello \${name}\${excited ? '!' : '.'}\` };
  },
};

async function main(): Promise<void> {
  const schemas = new AjvSchemaValidator();
  const builtIn = builtInHandlers({ llm: { schemas } });
  const engine = createInMemoryEngine({ handlers: [...builtIn.handlers, greet], schemas });
  await engine.start();
  const nodes = [
    { id: 'start', handler: 'input' },
    {
      id: 'hello',
      handler: 'greet',
      dependencies: ['start'],
      config: { name: '\${start.output.who}', excited: true },
      retry: { interval: 'PT0.01S' },
    },
    { id: 'routed', handler: 'noop', queue: 'default', dependencies: ['hello'] },
    { id: 'out', handler: 'output', dependencies: ['routed'], config: { text: '\${hello.output.text}' } },
  ];
  const wrong = await engine.api.validate({ name: 'wrong', dag: { nodes: [{ id: 'x', handler: 'greet', config: {} }] } });
  const { id } = await engine.api.submit({ name: 'greeting', dag: { nodes } });
  await engine.api.trigger(id, { who: 'Ada' });
  const { status } = await engine.api.wait(id, 10_000);
  const { output } = await engine.api.results(id);
  const { attempts } = await engine.api.node(id, 'hello');
  await engine.stop();
  await builtIn.close();
  console.log(JSON.stringify({ refused: !wrong.valid, status, output, attempts: attempts.length }));
}

void main();
`;

/** The fourth line has the only mistake. */
const mistaken = `import type { WorkflowDefinition } from '@workflow-engine/dag';
import { createInMemoryEngine, type TaskHandler } from '@workflow-engine/execution';
import { AjvSchemaValidator } from '@workflow-engine/json-schema';
export const mistaken: TaskHandler = { name: 7, run: () => null };
export const engine = createInMemoryEngine({ handlers: [mistaken], schemas: new AjvSchemaValidator() });
export const definition: WorkflowDefinition = { name: 'empty', dag: { nodes: [] } };
`;

const compilerOptions = {
  module: 'nodenext',
  moduleResolution: 'nodenext',
  target: 'es2023',
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  skipLibCheck: true,
};

/** What the program prints. */
export const expectedResult = {
  refused: true,
  status: 'COMPLETED',
  output: { out: { text: 'Hello Ada!' } },
  attempts: 2,
};

/** Two projects of the same sources: one compiled to CommonJS, one to an ES module. */
export const consumers = ['greeter-cjs', 'greeter-esm'] as const;

/** A fresh Nx workspace that knows the packed libraries and the public registry, and nothing of this one. */
export function writeConsumerWorkspace(folder: string, packages: ReadonlyMap<string, string>): void {
  const write = (path: string, content: unknown): void => {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  };
  write('nx.json', { neverConnectToCloud: true, analytics: false });
  write('package.json', {
    name: 'consumer',
    private: true,
    workspaces: ['packages/*'],
    dependencies: Object.fromEntries(Array.from(packages, ([name, file]) => [name, `file:${file}`])),
    devDependencies: Object.fromEntries(
      ['nx', 'typescript', '@types/node'].map((name) => [name, versionOf(name)]),
    ),
  });
  write('packages/mistaken/tsconfig.json', {
    // Checks the declarations of the libraries as well, without those of Node.
    compilerOptions: {
      ...compilerOptions,
      noEmit: true,
      skipLibCheck: false,
      types: [],
      lib: ['es2023', 'dom'],
    },
    files: ['mistaken.ts'],
  });
  write('packages/mistaken/mistaken.ts', mistaken);
  for (const name of consumers) {
    write(`packages/${name}/package.json`, {
      name,
      private: true,
      type: name === 'greeter-esm' ? 'module' : 'commonjs',
      scripts: { build: 'tsc --project .', start: 'node dist/main.js' },
      nx: { targets: { start: { dependsOn: ['build'] } } },
    });
    write(`packages/${name}/tsconfig.json`, {
      compilerOptions: { ...compilerOptions, types: ['node'], rootDir: 'src', outDir: 'dist' },
      include: ['src'],
    });
    write(`packages/${name}/src/main.ts`, program);
  }
  // It awaits at top level, which only an ES module can.
  write('packages/greeter-esm/src/readme.ts', readmeProgram());
}

/** The program in the README's section about handlers. */
function readmeProgram(): string {
  const readme = readFileSync(join(workspaceRoot, 'README.md'), 'utf8');
  const program = /^```ts\n(.*?createInMemoryEngine.*?)^```/ms.exec(readme)?.[1];
  if (program === undefined) throw new Error('the README shows no program with createInMemoryEngine');
  return program;
}

/** As installed here. */
function versionOf(name: string): string {
  const text = readFileSync(join(workspaceRoot, 'node_modules', name, 'package.json'), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}
