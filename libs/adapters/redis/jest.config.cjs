const { project } = require('../../../tools/jest/preset.cjs');

module.exports = project('redis', {
  globalSetup: '../../../tools/services/jest-redis-setup.mjs',
  globalTeardown: '../../../tools/services/jest-redis-teardown.mjs',
});
