// What has to run before the demo can; each says in one command how to start it.

/** @returns {Promise<string | undefined>} what to do when there is no engine */
export async function engineOrAdvice({ base }) {
  try {
    const response = await fetch(`${base}/health/ready`, { signal: AbortSignal.timeout(5_000) });
    if (response.ok) return undefined;
    return `The engine at ${base} is not ready (${response.status}). Wait a moment and try again.`;
  } catch {
    return [
      `No engine answers at ${base}. Start one in another terminal:`,
      '',
      '  npm start -- --demo',
      '',
      'or say where yours is:  BASE_URL=http://host:port npm run demo',
    ].join('\n');
  }
}

/** @returns {Promise<string | undefined>} what to do when there is no demo upstream */
export async function upstreamOrAdvice(url) {
  try {
    const response = await fetch(`${url}/`, { signal: AbortSignal.timeout(5_000) });
    const { name } = await response.json();
    if (name === 'workflow-engine-demo-upstream') return undefined;
    return `What answers at ${url} is not the demo upstream. Free that port, or set DEMO_PORT and UPSTREAM_URL.`;
  } catch {
    return [
      `The demo upstream, which the payloads call, does not answer at ${url}. Start the engine with it:`,
      '',
      '  npm start -- --demo',
      '',
      'or start it alone, for an engine that runs elsewhere (it prints what that engine has to allow):',
      '',
      '  node apps/standalone/dist/demo-main.js',
    ].join('\n');
  }
}
