const { project } = require('../../tools/jest/preset.cjs');

// cel-js ships ES modules only, so it is transformed like our own code.
module.exports = project('templating', { transformIgnorePatterns: ['/node_modules/(?!@marcbachmann/)'] });
