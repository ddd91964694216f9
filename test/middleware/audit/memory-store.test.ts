import { expect, test } from 'vitest';
import { memoryStore } from '../../../src/middleware/audit/index.ts';
import { entry } from './harness.ts';
import { testAuditStore } from './test-audit-store.ts';

testAuditStore('memoryStore', () => {
  const store = memoryStore();
  return { store, lines: () => store.lines };
});

test('a memory store shows its events', async () => {
  const store = memoryStore();
  await store.append([entry(7)]);
  expect(store.events()).toEqual([
    {
      ...entry(7),
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      sequence: 1,
      version: 1,
      previousHash: '0'.repeat(64),
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    },
  ]);
});
