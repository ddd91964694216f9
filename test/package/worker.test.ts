import { cp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { consumer, guardTarball, nodeVersions, type Consumer } from './consumer.ts';

const onAWorker = { statements: 500, gaps: [], started: 1 };

describe.each(['bigquery-guard', '@google-cloud/bigquery'])('installed as %s', (name) => {
  let project: Consumer;

  beforeAll(async () => {
    project = await consumer('npm', { dependencies: { [name]: guardTarball() } }, ['worker']);
  });

  it.each(nodeVersions)('a heavy text goes to a worker thread on Node %s', async (node) => {
    expect(await project.probe('required.cjs', node, `${name}/sql`, '500')).toEqual(onAWorker);
    expect(await project.probe('imported.mjs', node, `${name}/sql`, '500')).toEqual(onAWorker);
  });
});

describe('where only its code was taken, as a bundler does', () => {
  let project: Consumer;

  beforeAll(async () => {
    project = await consumer('npm', { dependencies: { 'bigquery-guard': guardTarball() } }, ['worker']);
    const installed = join(project.folder, 'node_modules/bigquery-guard');
    await cp(join(installed, 'dist'), join(project.folder, 'bundle'), {
      recursive: true,
      filter: (file) => !file.endsWith('sql-worker.cjs'),
    });
    await rm(installed, { recursive: true });
  });

  it.each(nodeVersions)(
    'a long text is analysed on the thread of the caller, a longer one refused on Node %s',
    async (node) => {
      expect(await project.probe('required.cjs', node, './bundle/sql.cjs', '500')).toEqual({
        statements: 500,
        gaps: [],
        started: 0,
      });
      expect(await project.probe('imported.mjs', node, './bundle/sql.cjs', '5000')).toEqual({
        statements: 0,
        gaps: [expect.stringMatching(/^limit: .*dist\/sql-worker\.cjs/)],
        started: 0,
      });
    },
  );
});
