import { beforeAll, describe, expect, it } from 'vitest';
import {
  consumer,
  guardTarball,
  nodeVersions,
  packFixture,
  type Consumer,
  type Manager,
} from './consumer.ts';

const official = '@google-cloud/bigquery';

interface Overrides {
  readonly manager: Manager;
  /** As docs/install.md tells users to write them. */
  readonly right: object;
  /** Without the second half, the guard is given itself for the official client. */
  readonly half: object;
}

const cases = (): readonly Overrides[] => [
  {
    manager: 'npm',
    right: { overrides: { [official]: { '.': guardTarball(), [official]: '^9.3.0' } } },
    half: { overrides: { [official]: guardTarball() } },
  },
  {
    manager: 'pnpm',
    right: {
      pnpm: { overrides: { [official]: guardTarball(), [`bigquery-guard>${official}`]: '^9.3.0' } },
    },
    half: { pnpm: { overrides: { [official]: guardTarball() } } },
  },
];

describe.each(cases())('a package that makes its own client, by $manager', ({ manager, right, half }) => {
  let thirdParty: string;
  let project: Consumer;

  beforeAll(async () => {
    thirdParty = await packFixture('third-party');
    project = await consumer(manager, { dependencies: { 'third-party': thirdParty }, ...right }, [
      'transitive',
    ]);
  });

  it.each(nodeVersions)('is guarded through overrides on Node %s', async (node) => {
    expect(await project.probe('probe.cjs', node)).toEqual({
      package: 'bigquery-guard',
      isGuarded: true,
      sameTable: true,
      answer: '403 ERR_POLICY_DENIED',
    });
  });

  it('refuses to load when the official client it was given is itself', async () => {
    const dependencies = { 'third-party': thirdParty };
    const wrong = await consumer(manager, { dependencies, ...half }, ['transitive']);
    await expect(wrong.run('node', ['probe.cjs'], '24')).rejects.toThrow(
      'The package @google-cloud/bigquery that bigquery-guard found is bigquery-guard itself.',
    );
  });
});
