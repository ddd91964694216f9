import { newId } from '../call/new-id.ts';
import type { ApprovalRecord, ApprovalStore, Vote } from '../middleware/approval/index.ts';
import { castVote, consume, revoke, type Outcome } from '../middleware/approval/transition.ts';
import type { TestApi } from './test-middleware.ts';

/**
 * Checks what every store of approvals must do. `open` gives an empty one, or the same one each time.
 *
 * ```ts
 * testApprovalStore('my store', async () => myStore(), { describe, expect, it });
 * ```
 */
export function testApprovalStore(name: string, open: () => Promise<ApprovalStore>, api: TestApi): void {
  api.describe(`${name} as a store of approvals`, () => {
    for (const { title, run } of checks) {
      api.it(title, async () => {
        const store = await open();
        await run({ store, equal: (actual, expected) => void api.expect(actual).toEqual(expected) });
      });
    }
  });
}

interface Suite {
  readonly store: ApprovalStore;
  readonly equal: (actual: unknown, expected: unknown) => void;
}

interface Check {
  readonly title: string;
  readonly run: (suite: Suite) => Promise<void>;
}

const checks: readonly Check[] = [
  { title: 'gives back what was stored, and nothing for an unknown id', run: givesBack },
  { title: 'keeps one open record per request hash, however many are inserted at once', run: keepsOneOpen },
  { title: 'takes a new record of the same hash once the old one is finished', run: takesNext },
  { title: 'replaces only the version that the caller has seen', run: replacesSeen },
  { title: 'lets exactly one of 200 racers consume', run: consumedOnce },
  { title: 'counts the pending ones of a principal, and lists all that are open', run: countsPending },
  { title: 'finds grants by their key while they are approved', run: findsGrants },
  { title: 'finds the last that was approved of a shape', run: findsLast },
  { title: 'keeps who is stopped until it is taken away', run: keepsStops },
  { title: 'tells watchers of changes until they stop', run: tellsWatchers },
];

async function givesBack({ store, equal }: Suite): Promise<void> {
  const record = someRecord();
  equal(await store.insert(record), record);
  equal(await store.get(record.id), record);
  equal(await store.findOpen(record.requestHash), record);
  equal([await store.get(newId()), await store.findOpen('0'.repeat(64))], [undefined, undefined]);
}

async function keepsOneOpen({ store, equal }: Suite): Promise<void> {
  const requestHash = hash();
  const all = Array.from({ length: 50 }, async () => store.insert(someRecord({ requestHash })));
  const ids = new Set((await Promise.all(all)).map(({ id }) => id));
  const other = await store.insert(someRecord());
  equal([ids.size, ids.has(other.id)], [1, false]);
}

async function takesNext({ store, equal }: Suite): Promise<void> {
  const requestHash = hash();
  const first = await store.insert(someRecord({ requestHash }));
  equal(await store.replace({ ...first, state: 'rejected', version: 2 }), true);
  const second = await store.insert(someRecord({ requestHash }));
  equal([second.id === first.id, (await store.get(first.id))?.state], [false, 'rejected']);
  equal((await store.findOpen(requestHash))?.id, second.id);
}

async function replacesSeen({ store, equal }: Suite): Promise<void> {
  const record = await store.insert(someRecord());
  const tries: [ApprovalRecord['state'], number][] = [
    ['approved', 3],
    ['approved', 1],
    ['approved', 2],
    ['rejected', 2],
  ];
  const held: boolean[] = [];
  for (const [state, version] of tries) held.push(await store.replace({ ...record, state, version }));
  equal(held, [false, false, true, false]);
  equal((await store.get(record.id))?.state, 'approved');
  equal(await store.replace(someRecord({ version: 2 })), false);
}

async function consumedOnce({ store, equal }: Suite): Promise<void> {
  const record = await store.insert(someRecord({ state: 'approved' }));
  const races = Array.from({ length: 200 }, async (_, index) => {
    const seen = await store.get(record.id);
    if (seen === undefined) return false;
    const outcome = consume(seen, [record.requestHash], `call-${index}`, new Date(0));
    return outcome.kind === 'changed' && store.replace(outcome.record);
  });
  const won = (await Promise.all(races)).filter(Boolean).length;
  equal([won, (await store.get(record.id))?.state], [1, 'consumed']);
}

async function countsPending({ store, equal }: Suite): Promise<void> {
  const principal = `agent-${newId()}`;
  const of = (): Partial<ApprovalRecord> => ({ requester: { principal, delegation: [], callId: newId() } });
  const [one, two] = [await store.insert(someRecord(of())), await store.insert(someRecord(of()))];
  const listed = async (): Promise<readonly string[]> =>
    (await store.listOpen()).filter(({ requester }) => requester.principal === principal).map(({ id }) => id);
  equal([await store.countPending(principal), (await listed()).length], [2, 2]);
  const approved = await replaced(store, castVote(one, vote()));
  equal([await store.countPending(principal), (await listed()).length], [1, 2]);
  await replaced(store, revoke(approved, 'ana@acme.io', 'why', new Date(0)));
  equal([await store.countPending(principal), await listed()], [1, [two.id]]);
  equal(await store.countPending(`agent-${newId()}`), 0);
}

async function findsGrants({ store, equal }: Suite): Promise<void> {
  const key = hash();
  const grant = { scope: 'exact', used: 0, key, tables: [], columns: [] } as const;
  const record = await store.insert(someRecord({ state: 'approved', grant }));
  equal(
    [(await store.findGrants(key)).map(({ id }) => id), await store.findGrants(hash())],
    [[record.id], []],
  );
  await replaced(store, revoke(record, 'ana@acme.io', 'why', new Date(0)));
  equal(await store.findGrants(key), []);
}

async function findsLast({ store, equal }: Suite): Promise<void> {
  const keys = { exact: hash(), shape: hash() };
  const first = await store.insert(someRecord({ keys }));
  equal(await store.findLastApproved(keys.shape), undefined);
  await replaced(store, castVote(first, vote()));
  equal((await store.findLastApproved(keys.shape))?.id, first.id);
  const second = await store.insert(someRecord({ keys }));
  const approved = await replaced(store, castVote(second, vote()));
  await replaced(store, consume(approved, [approved.requestHash], 'call', new Date(0)));
  equal((await store.findLastApproved(keys.shape))?.id, second.id);
}

async function keepsStops({ store, equal }: Suite): Promise<void> {
  const stop = { subject: `session:${newId()} ü`, by: 'ana@acme.io', reason: 'why', at: 'now' };
  await store.putStop({ ...stop, reason: 'before' });
  await store.putStop(stop);
  equal(await store.findStop(['principal:nobody', stop.subject]), stop);
  equal([await store.removeStop(stop.subject), await store.removeStop(stop.subject)], [true, false]);
  equal(await store.findStop([stop.subject]), undefined);
}

async function tellsWatchers({ store, equal }: Suite): Promise<void> {
  const seen: string[] = [];
  const requestHash = hash();
  const stop = store.watch((record) => {
    if (record.requestHash === requestHash) seen.push(`${record.state} ${record.version}`);
  });
  const record = await store.insert(someRecord({ requestHash }));
  await until(() => seen.length > 0);
  await store.replace({ ...record, state: 'approved', version: 2 });
  await store.replace({ ...record, state: 'rejected', version: 2 });
  await until(() => seen.includes('approved 2'));
  stop();
  await store.replace({ ...record, state: 'consumed', version: 3 });
  equal([...new Set(seen)], ['pending 1', 'approved 2']);
}

async function until(check: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 400 && !check(); attempt += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function replaced(store: ApprovalStore, { record }: Outcome): Promise<ApprovalRecord> {
  if (!(await store.replace(record))) throw new Error('The store took another version.');
  return record;
}

function vote(): Vote {
  const proof = { kind: 'channel', channel: 'test' } as const;
  return { person: 'ana@acme.io', verdict: 'approve', at: new Date(0).toISOString(), proof };
}

const hash = (): string => `${newId()}${newId()}`.replaceAll('-', '');

function someRecord(changes: Partial<ApprovalRecord> = {}): ApprovalRecord {
  const id = newId();
  const requestHash = changes.requestHash ?? hash();
  const requester = { principal: 'agent-a', delegation: [], callId: newId() };
  const times = { requestedAt: new Date(0).toISOString(), expiresAt: new Date(60_000).toISOString() };
  const people = { approvers: ['ana@acme.io', 'ben@acme.io'], quorum: 1 } as const;
  return {
    id,
    requestHash,
    state: 'pending',
    version: 1,
    requester,
    requirement: { ...people, expiresInMs: 60_000 },
    votes: [],
    ...times,
    transitions: [],
    keys: { exact: hash() },
    notice: {
      id,
      requestHash,
      ...times,
      ...people,
      needed: 1,
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
