import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Tests of the packed tarball. They install packages, so each step may take a while. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['test/package/**/*.test.ts'],
    globalSetup: ['test/package/pack.ts'],
    pool: 'forks',
    maxWorkers: 1,
    testTimeout: 180_000,
    hookTimeout: 600_000,
    reporters: ['default', ['json', { outputFile: '.cache/results/package.json' }]],
  },
});

export default config;
