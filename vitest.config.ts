import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

const source = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  resolve: {
    // Tests run on sibling sources, so that they never need, nor meet, a stale build.
    alias: [
      { find: /^@tno\/core$/, replacement: source('packages/core/src/node.ts') },
      { find: /^@tno\/(cpu|cuda|fuel)$/, replacement: source('packages/$1/src/index.ts') },
    ],
  },
  test: {
    include: [
      'packages/*/src/**/*.test.ts',
      'packages/*/test/**/*.test.ts',
      'examples/*/src/**/*.test.ts',
      'examples/*/test/**/*.test.ts',
      'tools/**/*.test.ts',
    ],
    // Type tests, `*.test-d.ts`: compiled, never run. An error in a source they reach fails them too.
    typecheck: {
      enabled: true,
      include: ['packages/*/{src,test}/**/*.test-d.ts'],
      tsconfig: source('tsconfig.type-tests.json'),
    },
    env: { TNO_FLAGS: [process.env.TNO_FLAGS, 'verify=true'].filter(Boolean).join(',') },
    setupFiles: [source('tools/property-seed.mjs')],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
