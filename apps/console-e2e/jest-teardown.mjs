import { once } from 'node:events';
import { rmSync } from 'node:fs';

export default async function teardown() {
  const { engine, folder, server } = globalThis.consoleStand;
  await server?.close();
  if (engine.exitCode === null) {
    engine.kill('SIGTERM');
    await once(engine, 'exit');
  }
  rmSync(folder, { recursive: true, force: true });
}
