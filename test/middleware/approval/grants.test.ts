import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import type { Context } from '../../../src/call/context.ts';
import type { Result } from '../../../src/call/result.ts';
import { evidenceKey, type ApprovalNotice, type GrantTerms } from '../../../src/middleware/approval/index.ts';
import { costKey, type Cost } from '../../../src/middleware/limits/cost.ts';
import type { GrantOffer } from '../../../src/middleware/policy/index.ts';
import { ana, answer, asks, ben, failure, openGate, someCall, someContext, type Gate } from './harness.ts';

const orders = { project: 'acme', dataset: 'shop', name: 'orders' };

interface Query {
  readonly id?: number;
  readonly bytes?: bigint;
  readonly table?: string;
  readonly column?: string;
  readonly session?: string;
  readonly principal?: string;
}

function cost(bytes: bigint): Cost {
  const billed = { billedBytes: bytes, price: 0, undeclaredParameters: [], bounded: true };
  return { bytes, ...billed, referencedTables: [orders], statementType: 'SELECT' };
}

/** Queries of one shape: they differ in a literal, and in what they touch and cost. */
function query(
  { id = 1, bytes = 100n, table = 'orders', column = 'id', session, principal }: Query,
  offer: GrantOffer,
): readonly [Call, Context] {
  const context = someContext({
    decision: { ...asks, approval: { ...asks.approval, grants: offer } },
    ...(session !== undefined && { session }),
    ...(principal !== undefined && { principal }),
  });
  const name = { ...orders, name: table };
  context.set(evidenceKey, {
    kind: 'SELECT',
    tables: [{ name, etag: 'schema' }],
    columns: [{ table: name, path: [column] }],
    fingerprint: 'f'.repeat(64),
  });
  context.set(costKey, async () => cost(bytes));
  return [someCall(`SELECT id FROM shop.orders WHERE id = ${id}`), context];
}

async function granted(offer: GrantOffer, grant: GrantTerms, first: Query = {}): Promise<Gate> {
  const gate = openGate({ onPending: 'throw' });
  await failure(gate.run(...query(first, offer)));
  const [notice] = gate.box.notices;
  if (notice === undefined) throw new Error('nobody was told');
  const response = await gate.decide(notice, { grant });
  if (response.status !== 200) throw new Error(await response.text());
  return gate;
}

const outcome = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'sent';

async function runs(gate: Gate, offer: GrantOffer, queries: readonly Query[]): Promise<readonly string[]> {
  const outcomes: string[] = [];
  for (const each of queries) outcomes.push(outcome(await failure(gate.run(...query(each, offer)))));
  return outcomes;
}

const pending = 'ERR_APPROVAL_PENDING';

const rows = (total: number): Result => ({
  ...answer,
  body: { rows: [{}], totalRows: String(total), jobComplete: true },
});

describe('a grant', () => {
  it('of n uses covers the same request so often, and each use is on record', async () => {
    const offer = { uses: 3 };
    const gate = await granted(offer, { scope: 'exact', uses: 3 });
    expect(await runs(gate, offer, [{}, {}, { id: 2 }, {}, {}])).toEqual([
      'sent',
      'sent',
      pending,
      'sent',
      pending,
    ]);
    const uses = gate.events.flatMap((event) =>
      event.type === 'approval.consumed' ? [event.data.grant] : [],
    );
    expect(uses).toEqual([1, 2, 3].map((use) => `use ${use} of 3 of this request`));
    expect(gate.progress.filter(({ type }) => type === 'approval.granted')).toHaveLength(3);
  });

  it('is used exactly as often as it says, however many race for it', async () => {
    const offer = { uses: 50 };
    const gate = await granted(offer, { scope: 'exact', uses: 50 });
    const all = await Promise.all(
      Array.from({ length: 200 }, async () => outcome(await failure(gate.run(...query({}, offer))))),
    );
    expect([all.filter((each) => each === 'sent').length, gate.sent.length]).toEqual([50, 50]);
  });

  it('until a time ends then', async () => {
    const clock = { now: new Date() };
    const gate = openGate({ onPending: 'throw', now: () => clock.now });
    const offer = { forMs: 3_600_000 };
    await failure(gate.run(...query({}, offer)));
    const [notice] = gate.box.notices;
    const until = new Date(clock.now.getTime() + 1_800_000).toISOString();
    await gate.decide(notice ?? never(), { grant: { scope: 'exact', until }, now: clock.now });
    expect(await runs(gate, offer, [{}, {}])).toEqual(['sent', 'sent']);
    clock.now = new Date(until);
    expect(await runs(gate, offer, [{}])).toEqual([pending]);
  });

  it('for a session covers that session, of any number of uses within the time', async () => {
    const offer = { forMs: 3_600_000, session: true, shape: true };
    const gate = await granted(offer, { scope: 'shape', session: true }, { session: 's1' });
    expect(
      await runs(gate, offer, [{ session: 's1', id: 7 }, { session: 's1', id: 8 }, { session: 's2' }]),
    ).toEqual(['sent', 'sent', pending]);
  });

  it('by shape covers other literals within its ceilings on bytes, tables and columns, for its principal', async () => {
    const offer = { uses: 10, shape: true };
    const gate = await granted(offer, { scope: 'shape', uses: 10, bytes: 500 });
    const queries = [
      { id: 2, bytes: 500n },
      { id: 3, bytes: 501n },
      { id: 4, table: 'people' },
      { id: 5, column: 'email' },
      { id: 6, principal: 'agent-b' },
      { id: 7 },
    ];
    expect(await runs(gate, offer, queries)).toEqual(['sent', pending, pending, pending, pending, 'sent']);
  });

  it('by shape has a ceiling on rows, also on later pages of the result', async () => {
    const offer = { uses: 10, shape: true };
    const gate = await granted(offer, { scope: 'shape', uses: 10, rows: 2 });
    const send = async (total: number): Promise<string> => {
      const [call, context] = query({ id: total }, offer);
      return outcome(await failure(gate.gate.handle(call, context, async () => rows(total))));
    };
    expect([await send(2), await send(3)]).toEqual(['sent', 'ERR_LIMIT_EXCEEDED']);
  });

  it('is the least of what all who approve grant', async () => {
    const gate = openGate({ onPending: 'throw' });
    const offer = { uses: 10, shape: true };
    const [call, context] = query({}, offer);
    const two = { ...asks.approval, grants: offer, quorum: 2 };
    const { decisionKey } = await import('../../../src/middleware/policy/decision.ts');
    context.set(decisionKey, { ...asks, approval: two });
    await failure(gate.run(call, context));
    const notice = gate.box.notices[0] ?? never();
    await gate.decide(notice, { grant: { scope: 'shape', uses: 10 } });
    await gate.decide(notice, { grant: { scope: 'exact', uses: 2 }, privateKey: ben.privateKey });
    const record = await gate.gate.find(notice.id);
    expect(record?.grant).toMatchObject({ scope: 'exact', uses: 2, used: 0 });
  });

  it('is listed while it stands, and revoked at once', async () => {
    const offer = { uses: 5 };
    const gate = await granted(offer, { scope: 'exact', uses: 5 });
    const [listed] = await gate.gate.list();
    expect(listed).toMatchObject({ state: 'approved', grant: { uses: 5, used: 0 } });
    expect(await gate.gate.withdraw(listed?.id ?? '', 'ana@acme.io', 'no more')).toBe(true);
    expect([await gate.gate.list(), await runs(gate, offer, [{}])]).toEqual([[], [pending]]);
  });

  it('goes no further than the rule offers', async () => {
    const tries: readonly [GrantOffer | undefined, GrantTerms][] = [
      [undefined, { scope: 'exact', uses: 2 }],
      [{ uses: 2 }, { scope: 'exact', uses: 3 }],
      [{ uses: 2 }, { scope: 'shape', uses: 2 }],
      [{ uses: 2 }, { scope: 'exact', until: new Date(Date.now() + 60_000).toISOString() }],
      [{ uses: 2 }, { scope: 'exact', session: true }],
      [
        { uses: 2, shape: true, bytes: 10 },
        { scope: 'shape', uses: 2, bytes: 11 },
      ],
      [{ uses: 2 }, { scope: 'exact' }],
    ];
    const answers: unknown[] = [];
    for (const [offer, grant] of tries) {
      const gate = openGate({ onPending: 'throw' });
      await failure(gate.run(...query({}, offer ?? {})));
      const response = await gate.decide(gate.box.notices[0] ?? never(), { grant });
      answers.push([response.status, await response.json()]);
    }
    expect(answers).toEqual(tries.map(() => [403, { error: 'not_offered' }]));
    void ana;
  });

  it('does not outlive the policy, a mask or a schema', async () => {
    const offer = { uses: 5 };
    const gate = await granted(offer, { scope: 'exact', uses: 5 });
    const [call, context] = query({}, offer);
    context.set(evidenceKey, { kind: 'SELECT', tables: [{ name: orders, etag: 'other' }], columns: [] });
    expect(outcome(await failure(gate.run(call, context)))).toBe(pending);
    expect(gate.sent).toEqual([]);
  });
});

function never(): ApprovalNotice {
  throw new Error('nobody was told');
}
