import { useEffect, useState } from 'react';

import type { Layout } from './layout';
import type { LayoutDone, LayoutTask } from './layout.worker';
import type { ShownGraph } from './stacks';

let tasks = 0;

/** Where the nodes of a graph belong, worked out beside the page's thread; undefined until that is known. */
export function useLayout(graph: ShownGraph): Layout | undefined {
  const [layout, setLayout] = useState<Layout>();
  const [worker, setWorker] = useState<Worker>();
  useEffect(() => {
    const started = new Worker(new URL('./layout.worker.ts', import.meta.url), { type: 'module' });
    setWorker(started);
    return () => started.terminate();
  }, []);
  useEffect(() => {
    if (worker === undefined) return;
    tasks += 1;
    const task: LayoutTask = { task: tasks, ids: [...graph.shown.keys()], edges: graph.edges };
    const onDone = ({ data }: MessageEvent<LayoutDone>): void => {
      if (data.task === task.task) setLayout(data.layout);
    };
    worker.addEventListener('message', onDone);
    worker.postMessage(task);
    return () => worker.removeEventListener('message', onDone);
  }, [worker, graph]);
  return layout;
}
