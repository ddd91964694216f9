import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { consumer, guardTarball, nodeVersions, type Consumer, type NodeVersion } from './consumer.ts';

interface Counts {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
}

const dependencies = (): object => ({
  '@google-cloud/bigquery': '9.3.0',
  'bigquery-guard': guardTarball(),
});

/** Runs the user's tests and reads what the runner counted. */
async function count(project: Consumer, node: NodeVersion, command: readonly string[]): Promise<Counts> {
  await project.run('node', command, node);
  const report: Counts = JSON.parse(await readFile(join(project.folder, 'report.json'), 'utf8'));
  return { numPassedTests: report.numPassedTests, numFailedTests: report.numFailedTests };
}

describe('in Jest with its defaults', () => {
  let project: Consumer;
  const jest = ['node_modules/jest/bin/jest.js', '--runInBand', '--json', '--outputFile=report.json'];

  beforeAll(async () => {
    const manifest = { dependencies: dependencies(), devDependencies: { jest: '30.5.2' } };
    project = await consumer('npm', manifest, ['jest']);
  });

  it.each(nodeVersions)(
    'loading, mocking, mapping, heavy SQL and the recipe work on Node %s',
    async (node) => {
      expect(await count(project, node, jest)).toEqual({ numPassedTests: 8, numFailedTests: 0 });
    },
  );
});

describe('in vitest', () => {
  let project: Consumer;
  const reporters = ['--reporter=default', '--reporter=json', '--outputFile.json=report.json'];
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', ...reporters];

  beforeAll(async () => {
    const manifest = { type: 'module', dependencies: dependencies(), devDependencies: { vitest: '5.1.1' } };
    project = await consumer('npm', manifest, ['vitest']);
  });

  it.each(nodeVersions)(
    'loading, mocking, an alias, heavy SQL and the recipe work on Node %s',
    async (node) => {
      expect(await count(project, node, vitest)).toEqual({ numPassedTests: 6, numFailedTests: 0 });
    },
  );
});
