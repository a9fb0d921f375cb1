import { runProcess } from '@workflow-engine/runtime';

import { readEnvironment } from './config';
import { startDemoUpstream } from './demo-upstream';

/** The demo upstream alone, for an engine that runs elsewhere: `node apps/standalone/dist/demo-main.js`. */
runProcess(async () => {
  const { DEMO_PORT, HOST } = readEnvironment(process.env);
  const upstream = await startDemoUpstream(DEMO_PORT, HOST);
  console.log(`The demo upstream listens on ${upstream.url}. An engine that may call it is started with
  HTTP_ALLOW_HOSTS=${upstream.host} OPENAI_BASE_URL=${upstream.url}/v1`);
  return upstream;
});
