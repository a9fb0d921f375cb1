const { project } = require('../../../tools/jest/preset.cjs');

module.exports = project('redis', {
  // Clients of a Sentinel that is gone go on trying for a while, after they were told to end.
  forceExit: true,
  globalSetup: '../../../tools/services/jest-redis-setup.mjs',
  globalTeardown: '../../../tools/services/jest-redis-teardown.mjs',
});
