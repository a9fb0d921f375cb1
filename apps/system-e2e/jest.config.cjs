const { project } = require('../../tools/jest/preset.cjs');

module.exports = project('system-e2e', {
  // Each test file brings processes of its own, and half of its time it waits for them.
  maxWorkers: 2,
  testTimeout: 180_000,
});
