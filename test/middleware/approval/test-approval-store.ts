import { uuidv7 } from 'uuidv7';
import { describe, expect, it } from 'vitest';
import type { ApprovalRecord } from '../../../src/middleware/approval/approval-record.ts';
import type { ApprovalStore } from '../../../src/middleware/approval/store.ts';
import { castVote, consume } from '../../../src/middleware/approval/transition.ts';

/** What every store of approvals must do. `open` gives an empty one. */
export function testApprovalStore(name: string, open: () => Promise<ApprovalStore>): void {
  describe(`${name} as a store of approvals`, () => {
    it('gives back what was stored, and nothing for an unknown id', async () => {
      const store = await open();
      const record = someRecord();
      expect(await store.insert(record)).toEqual(record);
      expect(await store.get(record.id)).toEqual(record);
      expect(await store.findOpen(record.requestHash)).toEqual(record);
      expect(await store.get(uuidv7())).toBeUndefined();
      expect(await store.findOpen('0'.repeat(64))).toBeUndefined();
    });

    it('keeps one open record per request hash, however many are inserted at once', async () => {
      const store = await open();
      const stored = await Promise.all(Array.from({ length: 50 }, async () => store.insert(someRecord())));
      expect(new Set(stored.map((record) => record.id)).size).toBe(1);
      const [first] = stored;
      const other = await store.insert(someRecord({ requestHash: 'b'.repeat(64) }));
      expect(other.id).not.toBe(first?.id);
    });

    it('takes a new record of the same hash once the old one is finished', async () => {
      const store = await open();
      const first = await store.insert(someRecord());
      expect(await store.replace({ ...first, state: 'rejected', version: 2 })).toBe(true);
      const second = await store.insert(someRecord());
      expect(second.id).not.toBe(first.id);
      expect((await store.get(first.id))?.state).toBe('rejected');
    });

    it('replaces only the version that the caller has seen', async () => {
      const store = await open();
      const record = await store.insert(someRecord());
      expect(await store.replace({ ...record, version: 3 })).toBe(false);
      expect(await store.replace({ ...record, version: 1 })).toBe(false);
      expect(await store.replace({ ...record, state: 'approved', version: 2 })).toBe(true);
      expect(await store.replace({ ...record, state: 'rejected', version: 2 })).toBe(false);
      expect((await store.get(record.id))?.state).toBe('approved');
      expect(await store.replace(someRecord({ version: 2 }))).toBe(false);
    });

    it('lets exactly one of 200 racers consume', async () => {
      const store = await open();
      const record = await store.insert(someRecord({ state: 'approved' }));
      const races = Array.from({ length: 200 }, async (_, index) => {
        const seen = await store.get(record.id);
        if (seen === undefined) return false;
        const outcome = consume(seen, record.requestHash, `call-${index}`, new Date(0));
        return outcome.kind === 'changed' && store.replace(outcome.record);
      });
      const won = await Promise.all(races);
      expect(won.filter(Boolean)).toHaveLength(1);
      expect((await store.get(record.id))?.state).toBe('consumed');
    });

    it('counts the pending ones of a principal', async () => {
      const store = await open();
      const one = await store.insert(someRecord());
      await store.insert(someRecord({ requestHash: 'b'.repeat(64) }));
      expect(await store.countPending('agent-a')).toBe(2);
      const outcome = castVote(one, {
        person: 'ana@acme.io',
        verdict: 'approve',
        at: new Date(0).toISOString(),
        proof: { kind: 'channel', channel: 'test' },
      });
      expect(await store.replace(outcome.record)).toBe(true);
      expect(await store.countPending('agent-a')).toBe(1);
      expect(await store.countPending('agent-b')).toBe(0);
    });

    it('tells watchers of every change until they stop', async () => {
      const store = await open();
      const seen: string[] = [];
      const stop = store.watch((record) => seen.push(`${record.state} ${record.version}`));
      const record = await store.insert(someRecord());
      await store.replace({ ...record, state: 'approved', version: 2 });
      await store.replace({ ...record, state: 'rejected', version: 2 });
      stop();
      await store.replace({ ...record, state: 'consumed', version: 3 });
      expect(seen).toEqual(['pending 1', 'approved 2']);
    });
  });
}

export function someRecord(changes: Partial<ApprovalRecord> = {}): ApprovalRecord {
  const id = uuidv7();
  const requestHash = changes.requestHash ?? 'a'.repeat(64);
  const requester = { principal: 'agent-a', delegation: [], callId: uuidv7() };
  const times = { requestedAt: new Date(0).toISOString(), expiresAt: new Date(60_000).toISOString() };
  return {
    id,
    requestHash,
    state: 'pending',
    version: 1,
    requester,
    approvers: ['ana@acme.io', 'ben@acme.io'],
    quorum: 1,
    votes: [],
    ...times,
    transitions: [],
    notice: {
      id,
      requestHash,
      ...times,
      approvers: ['ana@acme.io', 'ben@acme.io'],
      quorum: 1,
      operation: 'jobs.query',
      project: 'acme',
      target: 'POST /projects/acme/queries',
      tables: [],
      columns: [],
      masked: [],
      reasons: [],
      rules: [],
      requester,
    },
    ...changes,
  };
}
