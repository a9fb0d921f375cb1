const { project } = require('../../tools/jest/preset.cjs');

module.exports = project('console-e2e', {
  globalSetup: './jest-setup.mjs',
  globalTeardown: './jest-teardown.mjs',
  testTimeout: 60_000,
});
