import '../styles/execution.css';

import type { DefinitionDocument } from '@workflow-engine/contracts';
import { useCallback, useMemo } from 'react';
import { Link, useParams } from 'react-router';

import { definitionPath } from '../definitions/definition-path';
import { pointerOfNode } from '../definitions/node-pointers';
import { LazyGraphView } from '../graph/lazy-graph-view';
import { useGraphView } from '../graph/use-graph-view';
import { criticalPath } from '../journal/critical-path';
import { foldJournal, type JournalState } from '../journal/fold';
import { inputOfNode } from '../journal/node-input';
import { Fault } from '../ui/notices';
import { statusWord } from '../ui/status';
import { TabBar } from '../ui/tab-bar';
import { useTitle } from '../ui/title';
import { useAddress } from '../ui/use-address';
import { ExecutionHead } from './execution-head';
import { GraphTools } from './graph-tools';
import { InputOutput } from './input-output';
import { Inspector } from './inspector';
import { JournalList } from './journal-list';
import { NodeActions } from './node-actions';
import { Timeline } from './timeline';
import { TimeSlider } from './time-slider';
import { type ExecutionOnShow, useExecution } from './use-execution';
import { useRange } from './use-range';

const tabs = [
  { id: 'graph', name: 'Graph' },
  { id: 'timeline', name: 'Timeline' },
  { id: 'journal', name: 'Journal' },
  { id: 'io', name: 'Input & output' },
] as const;

export default function ExecutionPage() {
  const { id = '' } = useParams();
  const { shown, error } = useExecution(id);
  useTitle(shown === undefined ? 'Execution' : `${shown.summary.name} ${statusWord(shown.now.status)}`);
  if (error !== undefined) {
    return (
      <div className="page">
        <Fault error={error} />
        <Link to="/executions">All executions</Link>
      </div>
    );
  }
  if (shown === undefined) return <div className="page execution" aria-busy="true" />;
  return <Execution key={id} shown={shown} />;
}

/** The address holds what is looked at: tab, node, moment, critical path. */
function Execution({ shown }: { readonly shown: ExecutionOnShow }) {
  const { graph, journal, now } = shown;
  const { parameters, put } = useAddress();
  const tab = tabs.find(({ id }) => id === parameters.get('tab'))?.id ?? 'graph';
  const selected = parameters.get('node') ?? undefined;
  const at = momentOf(parameters.get('at'), journal.events.length);
  const state = useMemo(
    () => (at === undefined ? now : foldJournal(graph, journal.events.slice(0, at))),
    [at, now, graph, journal.events],
  );
  const node = selected === undefined ? undefined : graph.nodes.get(selected);
  const input = useMemo(() => (node === undefined ? undefined : inputOfNode(node, state)), [node, state]);
  const select = useCallback((id: string | undefined) => put({ node: id }), [put]);
  const [range, setRange] = useRange(parameters.get('range'), put);
  const goTo = useCallback((seq: number | undefined) => put({ at: seq?.toString() }), [put]);
  return (
    <div className="page execution">
      <ExecutionHead shown={shown} state={state} isPast={at !== undefined} />
      <TabBar tabs={tabs} tab={tab} onChange={(next) => put({ tab: next === 'graph' ? undefined : next })} />
      <div className={selected === undefined ? 'panes' : 'panes panes-two'}>
        <section className="pane" id="panel" role="tabpanel" aria-labelledby={`tab-${tab}`}>
          {tab === 'graph' && (
            <GraphPane
              shown={shown}
              state={state}
              selected={selected}
              onSelect={select}
              showsPath={parameters.has('path')}
              onShowPath={(on) => put({ path: on ? '1' : undefined })}
            />
          )}
          {tab === 'timeline' && (
            <Timeline
              graph={graph}
              state={state}
              isLive={at === undefined}
              selected={selected}
              onSelect={select}
              range={range}
              onRange={setRange}
            />
          )}
          {tab === 'journal' && (
            <JournalList
              events={journal.events}
              name={`journal-${shown.summary.execution_id}`}
              at={at}
              onGoTo={goTo}
              onSelect={select}
            />
          )}
          {tab === 'io' && <InputOutput shown={shown} state={state} />}
        </section>
        {selected !== undefined && (
          <Inspector
            node={node}
            input={input}
            state={state.nodes.get(selected)}
            id={selected}
            onSelect={select}
            dependents={graph.dependents.get(selected) ?? []}
            definedAt={placeOfNode(shown.definition, selected)}
            actions={at === undefined && <NodeActions key={selected} shown={shown} id={selected} />}
          />
        )}
      </div>
      <TimeSlider events={journal.events} at={at} onChange={goTo} />
    </div>
  );
}

function placeOfNode({ name, version, definition }: DefinitionDocument, id: string): string {
  return definitionPath(name, { version, at: pointerOfNode(definition, id) });
}

/** Undefined is now. */
function momentOf(text: string | null, length: number): number | undefined {
  const at = text === null ? NaN : Number(text);
  return Number.isInteger(at) && at >= 0 && at < length ? at : undefined;
}

interface GraphPaneProps {
  readonly shown: ExecutionOnShow;
  readonly state: JournalState;
  readonly selected: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
  readonly showsPath: boolean;
  readonly onShowPath: (on: boolean) => void;
}

function GraphPane({ shown, state, selected, onSelect, showsPath, onShowPath }: GraphPaneProps) {
  const { graph } = shown;
  const { view, collapse, focusOn } = useGraphView();
  const path = useMemo(
    () => (showsPath ? new Set(criticalPath(graph, state)) : undefined),
    [showsPath, graph, state],
  );
  const find = (id: string): void => {
    onSelect(id);
    focusOn(id);
  };
  return (
    <>
      <GraphTools
        graph={graph}
        state={state}
        onFind={find}
        showsPath={showsPath}
        onShowPath={onShowPath}
        onCollapse={collapse}
      />
      <div className="graph">
        <LazyGraphView
          graph={graph}
          state={state}
          selected={selected}
          onSelect={onSelect}
          criticalPath={path}
          {...view}
        />
      </div>
    </>
  );
}
