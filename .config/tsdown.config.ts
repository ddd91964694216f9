import { fileURLToPath } from 'node:url';
import { defineConfig, type UserConfig } from 'tsdown';
import { inlined } from './inlined.ts';

const shared = {
  cwd: fileURLToPath(new URL('..', import.meta.url)),
  platform: 'node',
  target: 'node22.13',
  sourcemap: false,
  clean: false,
  hash: false,
  // `onlyBundle` makes the build fail when any other package would be written in.
  deps: { alwaysBundle: [...inlined], onlyBundle: [...inlined] },
} satisfies UserConfig;

const config: UserConfig[] = defineConfig([
  {
    ...shared,
    name: 'library',
    // One CommonJS file for `import` and `require`, so that there is one `BigQuery` class.
    format: 'cjs',
    outDir: 'dist',
    entry: {
      index: 'src/index.ts',
      errors: 'src/errors.ts',
      middleware: 'src/middleware/index.ts',
      sql: 'src/sql/index.ts',
      // Not for import: the thread that heavy texts are analysed on.
      'sql-worker': 'src/sql/aside/worker.ts',
      testing: 'src/testing/index.ts',
    },
    dts: { oxc: true },
    outputOptions: {
      // Lazy `import()` stays lazy as `require()`: Jest has no `import()` without a flag.
      dynamicImportInCjs: false,
      chunkFileNames: 'chunks/[name].cjs',
      // By its file, so that Jest's `moduleNameMapper` does not lead our own way to the original back to us.
      paths: { '@google-cloud/bigquery': '@google-cloud/bigquery/build/src/index.js' },
    },
  },
  {
    ...shared,
    name: 'command line',
    format: 'esm',
    outDir: 'dist/cli',
    entry: { main: 'src/cli/main.ts' },
    dts: false,
  },
]);

export default config;
