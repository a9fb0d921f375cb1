// Bundles lua/*.lua, without comments, into src/scripts/bundled.ts. Run it after every change of a script:
// node lua/bundle.mjs [file]
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = dirname(fileURLToPath(import.meta.url));
const bundle = process.argv[2] ?? join(folder, '../src/scripts/bundled.ts');

const scripts = readdirSync(folder)
  .filter((file) => file.endsWith('.lua'))
  .sort()
  .map((file) => {
    const name = file.slice(0, -'.lua'.length).replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
    const code = readFileSync(join(folder, file), 'utf8').replace(/^\s*(--.*)?\n/gm, '');
    return `  ${name}:\n    ${quoted(code)},\n`;
  });

writeFileSync(
  bundle,
  `/** Generated from lua/*.lua by lua/bundle.mjs. */\nexport const luaSources = {\n${scripts.join('')}};\n`,
);

/** As Prettier writes it: with the quotes that need fewer escapes. */
function quoted(text) {
  const count = (quote) => text.split(quote).length;
  if (count("'") > count('"')) return JSON.stringify(text);
  return `'${JSON.stringify(text).slice(1, -1).replace(/\\"/g, '"').replace(/'/g, "\\'")}'`;
}
