import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entryApprovals, memoryApprovals } from '../../../src/middleware/approval/index.ts';
import { sharedFolder, sharedMemory, type SharedStore } from '../../../src/store/index.ts';
import { testApprovalStore } from '../../../src/testing/index.ts';
import { someRecord } from './some-record.ts';

const api = { describe, expect, it };
let root = '';
let shared: SharedStore | undefined;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'approvals-'));
  shared = sharedFolder({ folder: root });
});

afterAll(async () => {
  await shared?.close();
  await rm(root, { recursive: true, force: true });
});

function folderOf(): SharedStore {
  if (shared === undefined) throw new Error('The folder is not there.');
  return shared;
}

testApprovalStore('memory', async () => memoryApprovals(), api);
testApprovalStore('entries in memory', async () => entryApprovals(sharedMemory().entries), api);
testApprovalStore('entries in a folder', async () => entryApprovals(folderOf().entries), api);

it('memoryApprovals forgets the oldest finished ones, never the open ones', async () => {
  const store = memoryApprovals({ finished: 2 });
  const open = await store.insert(someRecord({ requestHash: 'f'.repeat(64) }));
  const ids: string[] = [];
  for (let index = 0; index < 4; index += 1) {
    const record = await store.insert(someRecord({ requestHash: String(index).repeat(64) }));
    await store.replace({ ...record, state: 'rejected', version: 2 });
    ids.push(record.id);
  }
  const kept = await Promise.all([...ids, open.id].map(async (id) => (await store.get(id)) !== undefined));
  expect(kept).toEqual([false, false, true, true, true]);
});
