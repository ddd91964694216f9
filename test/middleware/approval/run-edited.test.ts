import { describe, expect, it } from 'vitest';
import type { Context } from '../../../src/call/context.ts';
import { queryRequest } from '../../../src/call/query-request.ts';
import { reconsiderKey, type ApprovalNotice } from '../../../src/middleware/approval/index.ts';
import { decisionKey, type Decision } from '../../../src/middleware/policy/decision.ts';
import {
  ana,
  asks,
  ben,
  eventually,
  failure,
  openGate,
  someCall,
  someContext,
  type Gate,
} from './harness.ts';

const narrow = 'UPDATE shop.orders SET status = "paid" WHERE id = 6 AND open';

/** A context whose policy says of an edited text what is given. */
function context(first: Decision, again: Decision): { readonly context: Context; readonly judged: string[] } {
  const judged: string[] = [];
  const made = someContext({ decision: first });
  made.set(reconsiderKey, async (call) => {
    const sql = queryRequest(call)?.sql ?? '';
    judged.push(sql);
    const decision = sql === narrow ? again : first;
    return {
      decision,
      evidence: undefined,
      async adopt() {
        judged.push('adopted');
        made.set(decisionKey, decision);
      },
    };
  });
  return { context: made, judged };
}

async function edited(
  again: Decision,
  quorum = 1,
): Promise<
  Gate & { readonly judged: string[]; readonly notice: ApprovalNotice; readonly running: Promise<unknown> }
> {
  const gate = openGate();
  const first = { ...asks, approval: { ...asks.approval, quorum } };
  const made = context(first, again);
  const told = gate.box.next();
  const running = gate.run(someCall(), made.context).catch((error: unknown) => error);
  const notice = await told;
  const response = await gate.decide(notice, { edit: { sql: narrow }, comment: 'only open ones' });
  expect(response.status).toBe(200);
  return { ...gate, judged: made.judged, notice, running };
}

const sentSql = (gate: Gate): readonly unknown[] => gate.sent.map(({ body }) => body?.['query']);

describe('an approval with an edit', () => {
  it('is a new request that the policy judges; it runs, and the requester is told what ran', async () => {
    const gate = await edited(asks);
    expect(await gate.running).toMatchObject({
      body: {
        guard: { approval: gate.notice.id, editedBy: 'ana@acme.io', sql: narrow, comment: 'only open ones' },
      },
    });
    expect([sentSql(gate), gate.judged.filter((each) => each === 'adopted')]).toEqual([
      [narrow],
      ['adopted'],
    ]);
    const requests = gate.events.flatMap((event) =>
      event.type === 'approval.requested' ? [event.data] : [],
    );
    expect(requests).toMatchObject([{ approval: gate.notice.id }, { editOf: gate.notice.id }]);
    expect(requests[0]?.requestHash).not.toBe(requests[1]?.requestHash);
    expect(gate.progress.find(({ type }) => type === 'approval.edited')).toMatchObject({ sql: narrow });
    expect((await gate.gate.find(gate.notice.id))?.state).toBe('consumed');
  });

  it('counts as one vote: the others are shown the new text, and decide on it', async () => {
    const again = { ...asks, approval: { ...asks.approval, quorum: 2 } };
    const gate = await edited(again, 2);
    await eventually(() => gate.box.notices.length === 2);
    const [, shown] = gate.box.notices;
    expect(shown).toMatchObject({ needed: 1, statement: { sql: narrow, editOf: gate.notice.id } });
    expect(gate.sent).toEqual([]);
    if (shown !== undefined) await gate.decide(shown, { privateKey: ben.privateKey });
    await gate.running;
    expect(sentSql(gate)).toEqual([narrow]);
  });

  it('needs nobody further when the policy allows the new text, and runs once', async () => {
    const gate = await edited({ effect: 'allow', policyDigest: asks.policyDigest, rules: [], masks: [] });
    await gate.running;
    expect(sentSql(gate)).toEqual([narrow]);
    expect((await gate.gate.find(gate.notice.id))?.state).toBe('consumed');
  });

  it('does not lift a denial: the policy denies the new text, nothing is sent, and the requester is told', async () => {
    const { reasons, rules, policyDigest } = asks;
    const gate = await edited({ effect: 'deny', policyDigest, rules, reasons });
    expect(await gate.running).toMatchObject({
      code: 'ERR_POLICY_DENIED',
      message: expect.stringMatching(/ana@acme.io approved another text.*AND open/),
    });
    expect([gate.sent, (await gate.gate.find(gate.notice.id))?.state]).toEqual([[], 'revoked']);
  });

  it('never lets the first text run', async () => {
    const gate = openGate({ onPending: 'throw' });
    const { context: made } = context(asks, asks);
    await failure(gate.run(someCall(), made));
    const [notice] = gate.box.notices;
    if (notice !== undefined) await gate.decide(notice, { edit: { sql: narrow } });
    await gate.run(someCall(), made);
    expect(sentSql(gate)).toEqual([narrow]);
  });

  it('is refused with a rejection, with a grant, or where there is no statement', async () => {
    const gate = openGate({ onPending: 'throw' });
    await failure(gate.run());
    const [notice] = gate.box.notices;
    if (notice === undefined) throw new Error('nobody was told');
    const answers = [
      await gate.decide(notice, { verdict: 'reject', edit: { sql: narrow } }),
      await gate.decide(notice, { edit: { sql: narrow }, grant: { scope: 'exact', uses: 2 } }),
      await gate.decide(notice, { edit: { sql: ' ' } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([403, 403, 400]);
    void ana;
  });
});
