import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import tseslint from 'typescript-eslint';

const sources = ['**/*.ts', '**/*.tsx'];

/** Who may import whom: the hexagon's layers (see the README's picture). */
const depConstraints = [
  { sourceTag: 'type:domain', onlyDependOnLibsWithTags: ['type:domain'] },
  { sourceTag: 'type:application', onlyDependOnLibsWithTags: ['type:domain'] },
  {
    sourceTag: 'type:adapter',
    onlyDependOnLibsWithTags: ['type:application', 'type:domain'],
    bannedExternalImports: ['@nestjs/*'],
  },
  { sourceTag: 'type:contract', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:text', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'type:client', onlyDependOnLibsWithTags: ['type:contract'] },
  {
    sourceTag: 'type:runtime',
    onlyDependOnLibsWithTags: ['type:adapter', 'type:application', 'type:domain', 'type:contract'],
  },
  {
    sourceTag: 'type:app',
    onlyDependOnLibsWithTags: [
      'type:app',
      'type:runtime',
      'type:application',
      'type:domain',
      'type:contract',
    ],
    bannedExternalImports: ['ioredis', 'typeorm', 'pg'],
  },
  // Checks definitions offline with what the engine checks them with; all else goes through the client.
  {
    sourceTag: 'type:cli',
    onlyDependOnLibsWithTags: [
      'type:client',
      'type:contract',
      'type:text',
      'type:adapter',
      'type:application',
      'type:domain',
    ],
    bannedExternalImports: ['@nestjs/*', 'ioredis', 'typeorm', 'pg'],
  },
  { sourceTag: 'type:console', onlyDependOnLibsWithTags: ['type:contract', 'type:client', 'type:text'] },
  // Black-box tests know the wire and nothing behind it.
  {
    sourceTag: 'type:e2e',
    onlyDependOnLibsWithTags: ['type:contract'],
    bannedExternalImports: ['@nestjs/*', 'ioredis', 'typeorm', 'pg'],
  },
];

export default tseslint.config(
  { ignores: ['**/dist/**', '**/out-tsc/**', '**/tmp/**', '**/node_modules/**', '.nx/**', '.data/**'] },
  js.configs.recommended,
  { files: ['**/*.mjs', '**/*.cjs'], languageOptions: { globals: nodeGlobals() } },
  {
    files: sources,
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': moduleBoundaries([]),
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      '@typescript-eslint/no-extraneous-class': ['error', { allowWithDecorator: true, allowEmpty: false }],
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      'max-lines': ['warn', { max: 350, skipBlankLines: true, skipComments: true }],
    },
  },
  importsOnly('client', []),
  importsOnly('dag', []),
  importsOnly('execution', []),
  importsOnly('json-source', ['jsonc-parser']),
  importsOnly('templating', ['@marcbachmann/cel-js', 're2js']),
  {
    // The one app that is made of another one.
    files: ['apps/standalone/**/*.ts'],
    rules: { '@nx/enforce-module-boundaries': moduleBoundaries(['@workflow-engine/api']) },
  },
  {
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
  },
  prettier,
);

function moduleBoundaries(allow) {
  return ['error', { enforceBuildableLibDependency: true, allow, depConstraints }];
}

/** Sources of the pure libraries: siblings and these packages, nothing of Node, nothing else of npm. */
function importsOnly(library, packages) {
  const allowed = ['\\.', '@workflow-engine/', ...packages.map((name) => `${name}$`)].join('|');
  const message = `libs/${library} is free of I/O and frameworks: put this behind a port, into an adapter.`;
  return {
    files: [`libs/${library}/src/**/*.ts`],
    ignores: ['**/*.spec.ts', '**/*.int-spec.ts', '**/testing/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [{ regex: `^(?!${allowed})`, message }] }],
    },
  };
}

function nodeGlobals() {
  return Object.fromEntries(
    [
      'process',
      'console',
      'URL',
      'fetch',
      'setTimeout',
      'clearTimeout',
      'setInterval',
      'clearInterval',
      'setImmediate',
      'AbortSignal',
      'AbortController',
      'Buffer',
      'performance',
      'structuredClone',
      'TextDecoder',
      'require',
      'module',
      'exports',
      '__dirname',
    ].map((name) => [name, 'readonly']),
  );
}
