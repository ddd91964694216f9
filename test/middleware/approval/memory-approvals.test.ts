import { expect, it } from 'vitest';
import { memoryApprovals } from '../../../src/middleware/approval/index.ts';
import { someRecord, testApprovalStore } from './test-approval-store.ts';

testApprovalStore('memoryApprovals', async () => memoryApprovals());

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
