const { project } = require('../../../tools/jest/preset.cjs');

const config = project('postgres');

module.exports = {
  ...config,
  // PGlite loads parts of itself with import(), which Jest runs only when transformed to require().
  transformIgnorePatterns: config.transformIgnorePatterns.map((pattern) =>
    pattern.replace('(?!(', '(?!(@electric-sql|'),
  ),
};
