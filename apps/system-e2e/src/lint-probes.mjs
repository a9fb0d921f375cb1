// Lints files that do not exist with the workspace's own configuration. Reads `{ probes: [{ file, source }], rules }`
// from standard input and prints, for each probe, the messages of those rules about an import of `source` in `file`.
import { text } from 'node:stream/consumers';

import { createProjectGraphAsync } from '@nx/devkit';
import { ESLint } from 'eslint';

// The boundary rule reads the graph that was computed last; it may be older than the newest project.
await createProjectGraphAsync({ exitOnError: true, resetDaemonClient: true });

const { probes, rules } = JSON.parse(await text(process.stdin));
const eslint = new ESLint({
  cwd: process.cwd(),
  // A file that is on no disk has no types; the boundaries need none.
  overrideConfig: [{ languageOptions: { parserOptions: { projectService: false, project: null } } }],
  ruleFilter: ({ ruleId }) => rules.includes(ruleId),
});

const refusals = [];
for (const { file, source } of probes) {
  const [result] = await eslint.lintText(`import * as probe from '${source}';\nexport { probe };\n`, {
    filePath: file,
    warnIgnored: true,
  });
  const fatal = result.messages.filter((message) => message.fatal);
  if (fatal.length > 0) throw new Error(`${file}: ${fatal[0].message}`);
  refusals.push(result.messages.filter(({ ruleId }) => rules.includes(ruleId)).map(({ message }) => message));
}
process.stdout.write(JSON.stringify(refusals));
