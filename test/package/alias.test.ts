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

const official = '@google-cloud/bigquery';
const managers: readonly Manager[] = ['npm', 'pnpm'];

describe.each(managers)('under the name of the official client, by %s', (manager) => {
  let project: Consumer;

  beforeAll(async () => {
    project = await consumer(manager, { dependencies: { [official]: guardTarball() } }, ['probe']);
  });

  it('has one official client beneath it', async () => {
    expect(await officialCopies(project.folder)).toEqual([expect.stringMatching(/^9\./)]);
  });

  it.each(nodeVersions)(
    'answers the original import line with the guarded class on Node %s',
    async (node) => {
      expect(await project.probe('require-first.cjs', node, official)).toEqual(whole);
      expect(await project.probe('import-first.mjs', node, official)).toEqual(whole);
    },
  );
});
