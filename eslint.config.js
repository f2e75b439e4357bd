import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';

/** Who may import whom; see ARCHITECTURE.md, "Packages". */
const boundaries = [
  { sourceTag: 'scope:core', onlyDependOnLibsWithTags: [] },
  { sourceTag: 'scope:cpu', onlyDependOnLibsWithTags: ['scope:core'] },
  { sourceTag: 'scope:cuda', onlyDependOnLibsWithTags: ['scope:core'] },
  { sourceTag: 'scope:scan', onlyDependOnLibsWithTags: ['scope:core'] },
  { sourceTag: 'scope:fuel', onlyDependOnLibsWithTags: ['scope:core'] },
  { sourceTag: 'scope:layers', onlyDependOnLibsWithTags: ['scope:core', 'scope:scan'] },
  { sourceTag: 'scope:cli', onlyDependOnLibsWithTags: ['scope:core', 'scope:cpu'] },
  {
    sourceTag: 'scope:conformance',
    onlyDependOnLibsWithTags: ['scope:core', 'scope:cpu', 'scope:cuda'],
  },
  { sourceTag: 'scope:example', onlyDependOnLibsWithTags: ['type:public'] },
];

/**
 * The layers inside core, each with those above it, of which it may use types only: values that point
 * upwards would tie the layers into a knot. Sizes and rules are data that more than one layer makes.
 */
const above = {
  routines: ['ops', 'grad', 'inner', 'optimizer', 'lower', 'codegen', 'device', 'compile'],
  types: ['graph', 'ops', 'grad', 'inner', 'optimizer', 'lower', 'codegen', 'device', 'compile'],
  graph: ['ops', 'grad', 'inner', 'optimizer', 'lower', 'codegen', 'device', 'compile'],
  ops: ['grad', 'inner', 'optimizer', 'lower', 'codegen', 'device', 'compile'],
  grad: ['inner', 'lower', 'codegen', 'device', 'compile'],
  inner: ['lower', 'codegen', 'device', 'compile'],
  optimizer: ['grad', 'inner', 'lower', 'codegen', 'device', 'compile'],
  lower: ['codegen', 'device', 'compile'],
  codegen: ['device', 'compile'],
  device: ['compile'],
};
const shared = ['lower/size-table.js', 'lower/shape-inference.js', 'optimizer/rule.js'];

const tests = ['**/*.test.ts', '**/*.test-d.ts', '**/test/**/*.ts'];

export default tseslint.config(
  { ignores: ['**/dist/', '**/build/', '**/node_modules/', '.nx/', '**/golden/', 'output/'] },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.recommendedTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    plugins: { '@nx': nx },
    rules: {
      '@nx/enforce-module-boundaries': [
        'error',
        { enforceBuildableLibDependency: false, allow: [], depConstraints: boundaries },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_' },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
    },
  },
  {
    // Core also runs in a browser: only its Node entry and what stands behind it may use Node.
    files: ['packages/core/src/**/*.ts'],
    ignores: [...tests, 'packages/core/src/node.ts', 'packages/core/src/node/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['node:*'], message: 'core runs in a browser too: put this under src/node/.' },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'require', '__dirname', '__filename'],
    },
  },
  ...Object.entries(above).map(([layer, higher]) => ({
    files: [`packages/core/src/${layer}/**/*.ts`],
    ignores: tests,
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: [
                ...higher.map((name) => `**/${name}/*`),
                ...shared.map((file) => `!**/${file}`),
              ],
              allowTypeImports: true,
              message: `${layer}/ comes before this layer; it may import its types only.`,
            },
          ],
        },
      ],
    },
  })),
  {
    files: tests,
    rules: {
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  {
    files: ['**/*.config.ts', '**/*.config.js', 'tsup.shared.ts', '**/*.mjs', 'tools/**/*.ts'],
    extends: [tseslint.configs.disableTypeChecked],
    rules: {
      'no-undef': 'off', // tsc checks the scripts too (checkJs)
      '@nx/enforce-module-boundaries': 'off',
      '@typescript-eslint/switch-exhaustiveness-check': 'off',
      '@typescript-eslint/consistent-type-imports': 'off',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
);
