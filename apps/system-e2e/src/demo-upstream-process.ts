import { join } from 'node:path';

import { AppProcess, workspaceRoot } from './app-process';

/** What the example payloads call. */
export class DemoUpstreamProcess extends AppProcess {
  static async start(): Promise<DemoUpstreamProcess> {
    const entryPoint = join(workspaceRoot, 'apps/standalone/dist/demo-main.js');
    const upstream = new DemoUpstreamProcess('standalone', [], { DEMO_PORT: '0' }, entryPoint);
    await upstream.listening();
    return upstream;
  }
}
