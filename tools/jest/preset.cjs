// Shared Jest settings: SWC for speed, sources of sibling libraries through the custom export condition.

/**
 * Packages that ship ES modules only, or load parts of themselves with import(): Jest runs CommonJS, so they are
 * transformed like our own code.
 */
const esmOnly = [
  '@electric-sql',
  '@nestjs',
  '@marcbachmann',
  'file-type',
  'strtok3',
  'token-types',
  'uint8array-extras',
  'load-esm',
  '@tokenizer',
  '@borewit',
  'uuid',
];

const swc = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', decorators: true },
    transform: { legacyDecorator: true, decoratorMetadata: true },
    keepClassNames: true,
  },
  module: { type: 'commonjs' },
  sourceMaps: 'inline',
};

/** @param {string} displayName the Nx project name; also names the file with the counts */
exports.project = (displayName, overrides = {}) => ({
  displayName,
  testEnvironment: 'node',
  testMatch: ['**/*.spec.ts', '**/*.int-spec.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  modulePathIgnorePatterns: ['/dist/'],
  testEnvironmentOptions: {
    customExportConditions: ['@workflow-engine/source', 'node', 'require', 'default'],
  },
  transform: { '^.+\\.[cm]?[tj]s$': ['@swc/jest', swc] },
  transformIgnorePatterns: [`/node_modules/(?!(${esmOnly.join('|')})/)`],
  reporters: ['default', [require.resolve('./count-reporter.cjs'), { project: displayName }]],
  ...overrides,
});
