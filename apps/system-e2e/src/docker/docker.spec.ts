import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';

import { workspaceRoot } from '../app-process';
import { appSettings, serverApps } from './app-settings';
import { parseDockerfile } from './dockerfile';
import { metricsOf } from './prometheus';

interface Service {
  readonly image: string;
  readonly build?: { readonly target: string };
  readonly environment?: Readonly<Record<string, string | number | boolean>>;
  readonly ports?: readonly string[];
  readonly profiles?: readonly string[];
}

const read = (file: string): string => readFileSync(join(workspaceRoot, 'docker', file), 'utf8');
const stages = parseDockerfile(read('Dockerfile'));
const { services } = parse(read('compose.yaml'), { merge: true }) as {
  services: Readonly<Record<string, Service>>;
};
const built = Object.entries(services).filter(([, { build }]) => build !== undefined);

/** `${NAME:-default}` of compose, when nobody sets NAME. */
const byDefault = (text: string): string => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');

const environmentOf = ({ environment = {} }: Service): Record<string, string> =>
  Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, byDefault(String(value))]));

describe('the Dockerfile', () => {
  const apps = serverApps();
  const settings = appSettings(
    apps.map((app) => ({ app, env: { DATABASE_URL: 'postgres://localhost/any' } })),
  );

  it.each(apps.map((app, index) => ({ app, port: settings[index]?.port })))(
    'runs $app, unprivileged, as a process that gets SIGTERM itself, on its port $port',
    ({ app, port }) => {
      expect(stages.get(app)).toEqual({
        user: '1000:1000',
        command: ['node', `apps/${app}/dist/main.js`],
        env: expect.objectContaining({ NODE_ENV: 'production', HOST: '0.0.0.0', PORT: String(port) }),
        exposed: [port],
        stopSignal: 'SIGTERM',
        isProbed: true,
      });
    },
  );
});

describe('the images that serve the REST API', () => {
  it('have the console where the api looks for it', () => {
    const [, stage = ''] = read('Dockerfile').split(/^FROM runtime AS apis$/m);
    expect(stage.split(/^FROM /m)[0]).toContain('COPY --from=build /built/apps/console apps/console\n');
  });
});

describe('the compose file', () => {
  const settings = appSettings(built.map(([app, service]) => ({ app, env: environmentOf(service) })));

  it('runs every role of the distributed engine', () => {
    const roles = serverApps().filter((app) => app !== 'standalone');
    expect(built.map(([app]) => app).sort()).toEqual([...roles].sort());
    for (const [app, { build }] of built) expect(build?.target).toBe(app);
  });

  it.each(built.map(([app, service], index) => ({ app, service, settings: settings[index] })))(
    'gives $app an environment that it starts with, and nothing that it does not read',
    ({ service, settings }) => {
      expect(settings?.fault).toBeUndefined();
      const names = Object.keys(environmentOf(service));
      expect(names.filter((name) => settings?.asks.includes(name) !== true)).toEqual([]);
    },
  );

  it('publishes the api alone, to this machine', () => {
    const published = Object.entries(services).flatMap(([name, { ports = [], profiles }]) =>
      profiles === undefined ? ports.map((port) => `${name} ${byDefault(port)}`) : [],
    );
    expect(published).toEqual(['api 127.0.0.1:8000:8000']);
  });

  it('has every role watched by Prometheus, where it listens', () => {
    const { scrape_configs: jobs } = parse(read('monitoring/prometheus.yaml')) as {
      scrape_configs: readonly { job_name: string; dns_sd_configs: readonly object[] }[];
    };
    expect(jobs).toEqual(
      built.map(([app], index) => ({
        job_name: app,
        dns_sd_configs: [expect.objectContaining({ names: [app], port: settings[index]?.port })],
      })),
    );
  });
});

describe('the metrics of an expression', () => {
  it.each([
    ['sum by (job, le) (rate(a_total{b="c_total"}[5m]))', ['a_total']],
    ['max by (q) (a{s=~"x|y"}) > 10 and on (q) deriv(b[10m]) > 0', ['a', 'b']],
    ['absent(up{job="api"} == 1) or c_count', ['c_count']],
  ])('%s', (expression, metrics) => {
    expect(metricsOf(expression)).toEqual(metrics);
  });
});
