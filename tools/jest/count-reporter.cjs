// Writes a project's test counts to tmp/test-results, where tools/verify.mjs adds them up. Nx caches the
// file with the test target, so a cached run still counts.
const { mkdirSync, writeFileSync } = require('node:fs');
const { join } = require('node:path');

const resultsDir = join(__dirname, '../../tmp/test-results');

module.exports = class CountReporter {
  constructor(_globalConfig, options) {
    this.project = options.project;
  }

  onRunComplete(_contexts, results) {
    mkdirSync(resultsDir, { recursive: true });
    const counts = {
      passed: results.numPassedTests,
      failed: results.numFailedTests + results.numRuntimeErrorTestSuites,
      skipped: results.numPendingTests,
    };
    writeFileSync(join(resultsDir, `${this.project.replace('/', '-')}.json`), JSON.stringify(counts));
  }
};
