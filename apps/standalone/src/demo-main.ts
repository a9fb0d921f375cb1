import { startDemoUpstream } from './demo-upstream';

/** The demo upstream alone, for an engine that runs elsewhere: `node apps/standalone/dist/demo-main.js`. */
async function main(): Promise<void> {
  const port = Number(process.env.DEMO_PORT ?? '8099');
  const upstream = await startDemoUpstream(port, process.env.DEMO_HOST);
  console.log(`The demo upstream listens on ${upstream.url}. Engines that may call it need
  HTTP_ALLOW_HOSTS=${upstream.host} OPENAI_BASE_URL=${upstream.url}/v1`);
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => void upstream.close().then(() => process.exit(0)));
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
