const { project } = require('../../tools/jest/preset.cjs');

module.exports = project('system-e2e', {
  // Each test file brings processes of its own; two at a time would only slow each other down.
  maxWorkers: 1,
  testTimeout: 180_000,
});
