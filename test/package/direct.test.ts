import { beforeAll, describe, expect, it } from 'vitest';
import {
  consumer,
  guardTarball,
  nodeVersions,
  officialCopies,
  type Consumer,
  type Manager,
} from './consumer.ts';
import { whole } from './whole.ts';

const installs: readonly { readonly manager: Manager; readonly official: string }[] = [
  { manager: 'npm', official: '9.3.0' },
  { manager: 'npm', official: '8.3.1' },
  { manager: 'pnpm', official: '9.3.0' },
];

describe.each(installs)('beside an official client $official, by $manager', ({ manager, official }) => {
  let project: Consumer;

  beforeAll(async () => {
    const dependencies = { '@google-cloud/bigquery': official, 'bigquery-guard': guardTarball() };
    project = await consumer(manager, { dependencies }, ['probe']);
  });

  it('shares the one copy of the official client', async () => {
    expect(await officialCopies(project.folder)).toEqual([official]);
  });

  it.each(nodeVersions)('gives one guarded class by require and by import on Node %s', async (node) => {
    expect(await project.probe('require-first.cjs', node, 'bigquery-guard')).toEqual(whole);
    expect(await project.probe('import-first.mjs', node, 'bigquery-guard')).toEqual(whole);
  });
});
