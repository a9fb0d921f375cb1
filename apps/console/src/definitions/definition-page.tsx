import '../styles/execution.css';
import '../styles/definitions.css';

import type { DefinitionDocument, DefinitionSummary, JsonObject } from '@workflow-engine/contracts';
import { useQuery } from '@tanstack/react-query';
import { ListTree, Pencil, Play } from 'lucide-react';
import { useState } from 'react';
import { Link, useParams } from 'react-router';

import { engine } from '../api/engine';
import { nodesOf } from '../graph/workflow-graph';
import { plural } from '../ui/format';
import { Labels } from '../ui/labels';
import { Fault } from '../ui/notices';
import { TabBar } from '../ui/tab-bar';
import { Ago } from '../ui/time';
import { useTitle } from '../ui/title';
import { type PutParameters, useAddress } from '../ui/use-address';
import { Changes } from './changes';
import { editorPath, executionsPath } from './definition-path';
import { GraphPane } from './graph-pane';
import { RunDialog } from './run-dialog';
import { SourcePane } from './source-pane';
import { useDefinition } from './use-definition';
import { Versions } from './versions';

const tabs = [
  { id: 'graph', name: 'Graph' },
  { id: 'json', name: 'JSON' },
  { id: 'changes', name: 'Changes' },
] as const;

/** One workflow: its versions, and of one of them the graph, the text and what changed. The address holds all of it. */
export default function DefinitionPage() {
  const parameters = useParams();
  const { parameters: search, put } = useAddress();
  const name = search.get('name') ?? parameters.name ?? '';
  useTitle(name);
  const asked = Number(search.get('version') ?? NaN);
  const version = Number.isInteger(asked) ? asked : undefined;
  const versions = useQuery({
    queryKey: ['versions', name],
    queryFn: () => engine.definitions.versions(name).page({ limit: 1_000 }),
    refetchInterval: 10_000,
  });
  const newest = versions.data?.items[0]?.version;
  const { document, error } = useDefinition(name, version ?? newest);
  const fault = error ?? versions.error;
  if (fault !== null) {
    return (
      <div className="page">
        <Fault error={fault} retry={() => void versions.refetch()} />
        <Link to="/definitions">All definitions</Link>
      </div>
    );
  }
  const all = versions.data?.items;
  if (document === undefined || all === undefined)
    return <div className="page definition" aria-busy="true" />;
  const at = search.get('at') ?? undefined;
  const tab = tabs.find(({ id }) => id === search.get('tab'))?.id ?? (at === undefined ? 'graph' : 'json');
  return (
    <div className="page definition">
      <Head document={document} isNewest={document.version === newest} />
      <TabBar tabs={tabs} tab={tab} onChange={(next) => put({ tab: next, at: undefined })} />
      <div className="panes panes-versions">
        <section className="pane" id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          <Pane
            key={document.version}
            tab={tab}
            document={document}
            versions={all}
            at={at}
            against={search.get('against')}
            node={search.get('node') ?? undefined}
            put={put}
          />
        </section>
        <Versions versions={all} shown={document.version} search={search} />
      </div>
    </div>
  );
}

interface PaneProps {
  readonly tab: (typeof tabs)[number]['id'];
  readonly document: DefinitionDocument;
  readonly versions: readonly DefinitionSummary[];
  readonly at: string | undefined;
  readonly against: string | null;
  readonly node: string | undefined;
  readonly put: PutParameters;
}

function Pane({ tab, document, versions, at, against, node, put }: PaneProps) {
  if (tab === 'json') return <SourcePane document={document} at={at} />;
  if (tab === 'changes') {
    return (
      <Changes
        document={document}
        versions={versions}
        against={against === null ? undefined : Number(against)}
        onAgainst={(version) => put({ against: String(version) })}
      />
    );
  }
  return (
    <GraphPane
      definition={document.definition}
      selected={node}
      onSelect={(id) => put({ node: id })}
      onShowText={(pointer) => put({ tab: 'json', at: pointer })}
    />
  );
}

function Head({ document, isNewest }: { readonly document: DefinitionDocument; readonly isNewest: boolean }) {
  const { name, version, definition, created_at: at } = document;
  const [isRunning, setIsRunning] = useState(false);
  const start = async (input: JsonObject): Promise<string> => {
    const started = await engine.start(name, { version, input });
    return started.execution_id;
  };
  return (
    <header className="page-head execution-head">
      <div className="title">
        <h1>
          {name} <span className="muted">v{version}</span>
        </h1>
        {!isNewest && <span className="label">not the newest</span>}
        <Labels labels={definition.labels} />
      </div>
      <div className="facts">
        <span className="muted">
          {plural(nodesOf(definition).length, 'node')}, registered <Ago at={at} />
        </span>
        <span className="spacer" />
        <div className="actions">
          <Link className="button" to={executionsPath(name)}>
            <ListTree size={14} aria-hidden /> Executions
          </Link>
          <Link className="button" to={editorPath(name, version)}>
            <Pencil size={14} aria-hidden /> Edit as new version
          </Link>
          <button type="button" className="primary" onClick={() => setIsRunning(true)}>
            <Play size={14} aria-hidden /> Run
          </button>
        </div>
      </div>
      {typeof definition.description === 'string' && <p className="clamped">{definition.description}</p>}
      {isRunning && (
        <RunDialog
          title={`Run ${name} v${version}`}
          inputSchema={definition.input_schema}
          start={start}
          onClose={() => setIsRunning(false)}
        />
      )}
    </header>
  );
}
