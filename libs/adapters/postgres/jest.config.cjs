const { project } = require('../../../tools/jest/preset.cjs');

module.exports = project('postgres', {
  globalSetup: '../../../tools/services/jest-postgres-setup.mjs',
  globalTeardown: '../../../tools/services/jest-postgres-teardown.mjs',
  // Making an embedded database takes seconds, on a busy machine many.
  testTimeout: 60_000,
});
