import { createSecretKey } from 'node:crypto';
import { BigQuery } from '@google-cloud/bigquery';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installKeys } from '../../src/cli/keys/install-keys.ts';
import type { KeyVersions, MaskKeys } from '../../src/middleware/masking/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

let standIn: StandIn;
let bigquery: BigQuery;

beforeAll(async () => {
  standIn = await startStandIn({ project: 'acme', seed: { datasets: ['open'] } });
  bigquery = new BigQuery(standIn.clientOptions);
});

afterAll(async () => {
  await standIn.close();
});

const version = (id: number, byte: number): KeyVersions[number] => ({
  id,
  secret: createSecretKey(Buffer.alloc(32, byte)),
});
const keys = (...versions: KeyVersions): MaskKeys => new Map([['tokens', versions]]);

const dataset = 'guard_keys';
const account = 'guard@acme.example';
const ids = async (): Promise<unknown> => {
  const [rows] = await bigquery.query(
    'SELECT id, TO_HEX(inner_pad) AS inner_pad FROM guard_keys.pads ORDER BY id',
  );
  return rows;
};

describe('keys install', () => {
  it('makes a dataset that only the account of the guard may read, and changes keys in one step', async () => {
    const first = await installKeys(bigquery, {
      dataset,
      account,
      keys: keys(version(1, 7)),
      location: 'EU',
    });
    const names = ['cryptoHash/tokens/1', 'randomHash/tokens/1', 'dateShift/tokens/1'];
    expect(first).toEqual({ table: 'guard_keys.pads', ids: names, created: true });
    const [metadata] = await bigquery.dataset('guard_keys').getMetadata();
    expect([metadata.access, metadata.location]).toEqual([[{ role: 'OWNER', userByEmail: account }], 'EU']);
    expect(await ids()).toEqual(
      names.toSorted().map((id) => ({ id, inner_pad: expect.stringMatching(/^[0-9a-f]{128}$/) })),
    );
    expect(await ids()).toContainEqual({
      id: 'cryptoHash/tokens/1',
      inner_pad: '31'.repeat(32) + '36'.repeat(32),
    });

    const second = await installKeys(bigquery, {
      dataset,
      account,
      keys: keys(version(2, 8), version(1, 7)),
    });
    expect(second).toMatchObject({ created: false });
    expect(await ids()).toHaveLength(6);
    await installKeys(bigquery, { dataset, account, keys: keys(version(2, 8)) });
    expect(await ids()).toHaveLength(3);
  });

  it('puts no key into a dataset that others can read', async () => {
    await bigquery.dataset('open').setMetadata({
      access: [
        { role: 'OWNER', userByEmail: account },
        { role: 'READER', specialGroup: 'projectReaders' },
      ],
    });
    const install = installKeys(bigquery, {
      dataset: 'open',
      account,
      keys: keys(version(1, 7)),
    });
    await expect(install).rejects.toThrow(
      'The dataset open is open to others than guard@acme.example: READER for {"specialGroup":"projectReaders"}.',
    );
    const [tables] = await bigquery.dataset('open').getTables();
    expect(tables).toEqual([]);
  });

  it('leaves no key in the record of its jobs', async () => {
    const [jobs] = await bigquery.getJobs({ allUsers: true });
    const texts = JSON.stringify(await Promise.all(jobs.map(async (job) => (await job.getMetadata())[0])));
    expect(texts).toContain('guard_keys');
    for (const secret of [
      Buffer.alloc(32, 7),
      Buffer.alloc(32, 8),
      Buffer.alloc(32, 0x31),
      Buffer.alloc(32, 0x3e),
    ]) {
      expect(texts).not.toContain(secret.toString('base64').slice(0, 24));
      expect(texts).not.toContain(secret.toString('hex').slice(0, 32));
    }
  });
});
