import { readFileSync } from 'node:fs';
import { join } from 'node:path';

import { parse } from 'yaml';

import { workspaceRoot } from '../app-process';
import { scalingQueries } from './kubernetes';

const folder = join(workspaceRoot, 'docker/monitoring');

/** Words of PromQL that may stand where a metric does. */
const keywords = new Set(['and', 'or', 'unless', 'bool', 'on', 'ignoring', 'group_left', 'group_right']);
/** What Prometheus itself knows about its targets. */
const ownMetrics = new Set(['up']);

/** What the dashboard's panels, the alerts and the autoscaler ask Prometheus. */
export function expressions(): readonly string[] {
  const dashboard = JSON.parse(
    readFileSync(join(folder, 'grafana/dashboards/workflow-engine.json'), 'utf8'),
  ) as { panels: readonly { targets?: readonly { expr: string }[] }[] };
  const alerts = parse(readFileSync(join(folder, 'alerts.yaml'), 'utf8')) as {
    groups: readonly { rules: readonly { expr: string }[] }[];
  };
  return [
    ...dashboard.panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr)),
    ...alerts.groups.flatMap(({ rules }) => rules.map(({ expr }) => expr)),
    ...scalingQueries(),
  ];
}

/** The metrics that an expression reads: names that are neither labels nor functions nor keywords. */
export function metricsOf(expression: string): readonly string[] {
  const bare = expression
    .replaceAll(/\{[^}]*\}|\[[^\]]*\]|"[^"]*"/g, ' ')
    .replaceAll(/\b(by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g, ' ');
  const names = bare.match(/\b[a-z_:][a-z0-9_:]*\b(?!\s*\()/gi) ?? [];
  return names.filter((name) => !keywords.has(name) && !ownMetrics.has(name));
}

/** The series that a process exports, from the type lines of Prometheus' text format; histograms have three. */
export function seriesNames(exposition: string): readonly string[] {
  const types = Array.from(exposition.matchAll(/^# TYPE (\S+) (\S+)$/gm));
  return types.flatMap(([, name = '', type]) =>
    type === 'histogram' ? [`${name}_bucket`, `${name}_sum`, `${name}_count`] : [name],
  );
}
