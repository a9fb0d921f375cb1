import type { JsonObject } from '@workflow-engine/contracts';
import { FileJson, X } from 'lucide-react';
import { useMemo } from 'react';

import { LazyGraphView } from '../graph/lazy-graph-view';
import { NodeSearch } from '../graph/node-search';
import { useGraphView } from '../graph/use-graph-view';
import { graphOf, nodesOf } from '../graph/workflow-graph';
import { isObject } from '../json';
import { JsonView } from '../ui/json-view';
import { pointerOfNode } from './node-pointers';

export interface GraphPaneProps {
  readonly definition: JsonObject;
  readonly selected: string | undefined;
  readonly onSelect: (id: string | undefined) => void;
  readonly onShowText: (pointer: string) => void;
}

/** The whole workflow as a picture; a node's definition beside it. */
export function GraphPane({ definition, selected, onSelect, onShowText }: GraphPaneProps) {
  const graph = useMemo(() => graphOf(definition), [definition]);
  const { view, focusOn } = useGraphView();
  const goOn = (found: readonly string[]): void => {
    const next = found[(found.indexOf(selected ?? '') + 1) % found.length];
    if (next === undefined) return;
    onSelect(next);
    focusOn(next);
  };
  return (
    <>
      <div className="tools">
        <NodeSearch graph={graph} onEnter={goOn} />
      </div>
      <div className="graph-and-node">
        <div className="graph">
          <LazyGraphView graph={graph} selected={selected} onSelect={onSelect} {...view} />
        </div>
        {selected !== undefined && (
          <NodeDefinition
            definition={definition}
            id={selected}
            onClose={() => onSelect(undefined)}
            onShowText={onShowText}
          />
        )}
      </div>
    </>
  );
}

interface NodeDefinitionProps {
  readonly definition: JsonObject;
  readonly id: string;
  readonly onClose: () => void;
  readonly onShowText: (pointer: string) => void;
}

function NodeDefinition({ definition, id, onClose, onShowText }: NodeDefinitionProps) {
  const pointer = pointerOfNode(definition, id);
  const node = nodesOf(definition).find((one) => isObject(one) && one.id === id);
  return (
    <aside className="inspector node-definition" aria-label={`Node ${id}`}>
      <header>
        <h2>{id}</h2>
        <button type="button" className="icon-button" data-close aria-label="Close" onClick={onClose}>
          <X size={16} aria-hidden />
        </button>
      </header>
      {node === undefined || pointer === undefined ? (
        <p className="muted">This version of the workflow has no such node.</p>
      ) : (
        <>
          <button type="button" onClick={() => onShowText(pointer)}>
            <FileJson size={14} aria-hidden /> Show in the JSON
          </button>
          <JsonView value={node} name={`Definition of ${id}`} />
        </>
      )}
    </aside>
  );
}
