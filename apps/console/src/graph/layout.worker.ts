import { type Layout, layOut, type LayoutRequest } from './layout';

export interface LayoutTask extends LayoutRequest {
  readonly task: number;
}
export interface LayoutDone {
  readonly task: number;
  readonly layout: Layout;
}

addEventListener('message', ({ data }: MessageEvent<LayoutTask>) => {
  const done: LayoutDone = { task: data.task, layout: layOut(data) };
  postMessage(done);
});
