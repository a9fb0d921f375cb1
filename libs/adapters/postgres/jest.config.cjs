const { project } = require('../../../tools/jest/preset.cjs');

const config = project('postgres', {
  globalSetup: '../../../tools/services/jest-postgres-setup.mjs',
  globalTeardown: '../../../tools/services/jest-postgres-teardown.mjs',
  // Making an embedded database takes seconds, on a busy machine many.
  testTimeout: 60_000,
});

module.exports = {
  ...config,
  // PGlite loads parts of itself with import(), which Jest runs only when transformed to require().
  transformIgnorePatterns: config.transformIgnorePatterns.map((pattern) =>
    pattern.replace('(?!(', '(?!(@electric-sql|'),
  ),
};
