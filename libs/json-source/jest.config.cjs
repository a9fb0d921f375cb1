const { project } = require('../../tools/jest/preset.cjs');

module.exports = project('json-source');
