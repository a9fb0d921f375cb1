// Reads `{ app, env }[]` from standard input and prints, for each, what the built app makes of that environment:
// `{ asks, port, fault }`, the names it looks for, the port it would listen on, and what it finds wrong.
import { createRequire } from 'node:module';
import { text } from 'node:stream/consumers';

const require = createRequire(new URL('../../../../package.json', import.meta.url));

/** The worker's settings are the library's, for the workers that people write. */
function readerOf(app) {
  return app === 'worker'
    ? require('./libs/runtime/dist/run-worker.js').readWorkerEnvironment
    : require(`./apps/${app}/dist/config.js`).readEnvironment;
}

const answers = JSON.parse(await text(process.stdin)).map(({ app, env }) => {
  const asks = new Set();
  const recorded = new Proxy(env, {
    get(target, name) {
      asks.add(name);
      return target[name];
    },
  });
  try {
    const { PORT: port } = readerOf(app)(recorded);
    return { asks: [...asks], port };
  } catch (error) {
    return { asks: [...asks], fault: error.message };
  }
});
console.log(JSON.stringify(answers));
