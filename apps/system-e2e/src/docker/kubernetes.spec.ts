import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';

import { workspaceRoot } from '../app-process';
import { appSettings } from './app-settings';
import { parseDockerfile } from './dockerfile';
import { type Container, type Manifest, manifests, typedProgram } from './kubernetes';

const documents = manifests();
const stages = parseDockerfile(readFileSync(join(workspaceRoot, 'docker/Dockerfile'), 'utf8'));

/** Errors of the compiler, empty when there are none. */
function compile(program: string): string {
  const parent = join(workspaceRoot, 'apps/system-e2e/out-tsc');
  mkdirSync(parent, { recursive: true });
  // Within the workspace, so that its packages are found.
  const folder = mkdtempSync(join(parent, 'manifests-'));
  try {
    writeFileSync(join(folder, 'manifests.ts'), program);
    const flags = ['--ignoreConfig', '--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext'];
    const args = [require.resolve('typescript/bin/tsc'), ...flags, 'manifests.ts'];
    return spawnSync(process.execPath, args, { cwd: folder, encoding: 'utf8', timeout: 60_000 }).stdout;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the Kubernetes manifests', () => {
  it('fit the published schemas', () => {
    expect(documents.map(({ kind }) => kind)).toContain('ScaledObject');
    expect(compile(typedProgram(documents))).toBe('');
  }, 60_000);

  it('would not pass with a misspelled field', () => {
    const [first] = documents.filter(({ kind }) => kind === 'ScaledObject') as [Manifest];
    const misspelled = { ...first, spec: { ...(first.spec as object), minReplicas: 1 } };
    expect(compile(typedProgram([misspelled]))).toMatch(/minReplicas.* does not exist/);
  }, 60_000);

  const deployments = documents.filter(({ kind }) => kind === 'Deployment');
  const containers = deployments.flatMap(
    ({ spec }) => (spec as { template: { spec: { containers: Container[] } } }).template.spec.containers,
  );
  const shared = documents.find(({ kind }) => kind === 'ConfigMap')?.data as Record<string, string>;
  const stores = {
    'workflow-engine-redis': { REDIS_URL: 'redis://redis' },
    'workflow-engine-postgres': { DATABASE_URL: 'postgres://postgres/any' },
  };
  const environments = containers.map(({ envFrom }) =>
    envFrom.reduce(
      (env, { secretRef }) => ({ ...env, ...stores[secretRef?.name as keyof typeof stores] }),
      shared,
    ),
  );
  const settings = appSettings(
    containers.map(({ name }, index) => ({ app: name, env: environments[index] ?? {} })),
  );

  it('run every role of the distributed engine', () => {
    const images = [...stages.entries()].filter(([, { command }]) => command.length > 0);
    const roles = images.map(([name]) => name).filter((name) => name !== 'standalone');
    expect(containers.map(({ image }) => image).sort()).toEqual(
      roles.map((role) => `workflow-engine/${role}`).sort(),
    );
  });

  it.each(containers.map((container, index) => ({ app: container.name, container, index })))(
    'give $app an environment that it starts with, and nothing that it does not read',
    ({ container, index }) => {
      const { asks, port, fault } = settings[index] ?? { asks: [] };
      expect(fault).toBeUndefined();
      expect(container.ports.map(({ containerPort }) => containerPort)).toEqual([port]);
      expect(Object.keys(environments[index] ?? {}).filter((name) => !asks.includes(name))).toEqual([]);
    },
  );

  it('limit disruptions of every Deployment', () => {
    const budgets = documents.filter(({ kind }) => kind === 'PodDisruptionBudget');
    const selected = (manifest: Manifest): unknown => (manifest.spec as { selector: unknown }).selector;
    expect(budgets.map(selected)).toEqual(deployments.map(selected));
  });
});
