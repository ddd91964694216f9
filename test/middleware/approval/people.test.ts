import { describe, expect, it } from 'vitest';
import type { ApprovalNotice, ApprovalOptions, Person } from '../../../src/middleware/approval/index.ts';
import type { ApprovalRequirement } from '../../../src/middleware/policy/index.ts';
import {
  ana,
  answer,
  asks,
  ben,
  carl,
  eventually,
  failure,
  openGate,
  people,
  someCall,
  someContext,
  type ContextChanges,
  type Gate,
} from './harness.ts';

interface Asked extends Gate {
  readonly notice: ApprovalNotice;
  readonly running: Promise<unknown>;
  /** Status and reason of what the callback answers. */
  readonly vote: (keys: typeof ana, changes?: Parameters<Gate['decide']>[1]) => Promise<unknown>;
}

async function asked(
  requirement: Partial<ApprovalRequirement>,
  options: Partial<ApprovalOptions> = {},
  context: ContextChanges = {},
): Promise<Asked> {
  const gate = openGate(options);
  const decision = { ...asks, approval: { ...asks.approval, ...requirement } };
  const told = gate.box.next();
  const running = gate
    .run(someCall(), someContext({ ...context, decision }))
    .catch((error: unknown) => error);
  const notice = await told;
  return {
    ...gate,
    notice,
    running,
    async vote({ privateKey }, changes = {}) {
      const response = await gate.decide(notice, { privateKey, ...changes });
      const body: { readonly error?: string; readonly state?: string } = JSON.parse(await response.text());
      return [response.status, body.error ?? body.state];
    },
  };
}

const only = (id: string): { readonly approvers: [string]; readonly quorum: 1 } => ({
  approvers: [id],
  quorum: 1,
});

describe('groups in order', () => {
  it('are asked one after the other, and each of the people counts once', async () => {
    const gate = await asked({
      ...only('ana@acme.io'),
      next: [{ approvers: ['ana@acme.io', 'ben@acme.io'], quorum: 1 }],
    });
    expect(gate.notice).toMatchObject({ approvers: ['ana@acme.io'], needed: 2 });
    expect(await gate.vote(ben)).toEqual([409, 'not_their_turn']);
    expect(await gate.vote(ana)).toEqual([200, 'pending']);
    await eventually(() => gate.box.notices.length === 2);
    expect(gate.box.notices[1]).toMatchObject({
      id: gate.notice.id,
      round: 'group2',
      approvers: ['ana@acme.io', 'ben@acme.io'],
      needed: 1,
      votes: [{ person: 'ana@acme.io', verdict: 'approve' }],
    });
    expect(await gate.vote(ana, { messageId: 'again' })).toEqual([200, 'pending']);
    expect(gate.sent).toEqual([]);
    expect(await gate.vote(ben)).toEqual([200, 'approved']);
    expect(await gate.running).toBe(answer);
  });

  it('end with one rejection, also by somebody who is asked later', async () => {
    const gate = await asked({ ...only('ana@acme.io'), next: [only('ben@acme.io')] });
    expect(await gate.vote(ben, { verdict: 'reject' })).toEqual([200, 'rejected']);
    expect(await gate.running).toMatchObject({ code: 'ERR_APPROVAL_REJECTED' });
  });

  it('are not asked when nobody could count in the second, having counted in the first', async () => {
    const gate = openGate();
    const approval = { ...asks.approval, ...only('ana@acme.io'), next: [only('ana@acme.io')] };
    const context = someContext({ decision: { ...asks, approval } });
    expect(await failure(gate.run(someCall(), context))).toMatchObject({
      code: 'ERR_CONFIG',
      message: expect.stringMatching(/needs 2 approvals, but only 1/),
    });
  });
});

describe('a comment that the rule requires', () => {
  it('must be there, for yes and for no', async () => {
    const gate = await asked({ comment: 'required' });
    expect(await gate.vote(ana)).toEqual([422, 'comment_required']);
    expect(await gate.vote(ana, { verdict: 'reject', comment: ' ' })).toEqual([422, 'comment_required']);
    expect(await gate.vote(ana, { comment: 'ticket 7' })).toEqual([200, 'approved']);
    expect(await gate.running).toBe(answer);
  });
});

describe('escalation', () => {
  it('asks further people after a time, once, and needs as many as before', async () => {
    const escalation = { afterMs: 150, approvers: ['carl@acme.io'] } as const;
    const gate = await asked({ quorum: 2, escalation });
    expect(await gate.vote(carl)).toEqual([403, 'not_entitled']);
    await eventually(() => gate.box.notices.length === 2);
    expect(gate.box.notices[1]).toMatchObject({
      escalated: true,
      round: 'escalated',
      approvers: ['ana@acme.io', 'ben@acme.io', 'carl@acme.io'],
      needed: 2,
    });
    expect(gate.events.filter(({ type }) => type === 'approval.escalated')).toHaveLength(1);
    expect(await gate.vote(carl, { messageId: 'later' })).toEqual([200, 'pending']);
    expect(await gate.vote(ana)).toEqual([200, 'approved']);
    expect(await gate.running).toBe(answer);
  });
});

const day = (offset: number): string => new Date(Date.now() + offset * 86_400_000).toISOString();

const away = (from: number, until: number): Person[] =>
  people.map((person) =>
    person.id === 'ana@acme.io'
      ? { ...person, absences: [{ from: day(from), until: day(until), delegate: 'carl@acme.io' }] }
      : person,
  );

describe('somebody who is away', () => {
  it('is stood in for by the delegate, which is on record, and counts once', async () => {
    const gate = await asked({ quorum: 2 }, { people: away(-1, 1) });
    expect(await gate.vote(carl)).toEqual([200, 'pending']);
    expect(gate.events.find(({ type }) => type === 'approval.decided')).toMatchObject({
      type: 'approval.decided',
      data: { person: 'carl@acme.io', inPlaceOf: 'ana@acme.io' },
    });
    expect(await gate.vote(ana)).toEqual([200, 'pending']);
    expect(gate.sent).toEqual([]);
    expect(await gate.vote(ben)).toEqual([200, 'approved']);
  });

  it('is not stood in for before or after that time', async () => {
    for (const [from, until] of [
      [1, 2],
      [-2, -1],
    ] as const) {
      const gate = await asked({}, { people: away(from, until) });
      expect(await gate.vote(carl)).toEqual([403, 'not_entitled']);
    }
  });

  it('does not decide on an own request through a delegate, nor the delegate on theirs', async () => {
    const own = await asked({ quorum: 1 }, { people: away(-1, 1) }, { delegation: ['ana@acme.io'] });
    expect(await own.vote(carl)).toEqual([403, 'not_entitled']);
    const theirs = await asked({ quorum: 1 }, { people: away(-1, 1) }, { principal: 'carl@acme.io' });
    expect(await theirs.vote(carl)).toEqual([403, 'self_approval']);
  });
});

describe('an emergency', () => {
  const breakGlass = { approvers: ['carl@acme.io'], expiresInMs: 5000 } as const;

  it('lets one person of that role decide alone, with a reason, for a shorter time, and alerts everybody', async () => {
    const gate = await asked({ quorum: 2, breakGlass }, { onPending: 'throw' });
    await gate.running;
    expect(await gate.vote(carl)).toEqual([403, 'not_entitled']);
    expect(await gate.vote(ana, { breakGlass: true, comment: 'now' })).toEqual([403, 'not_entitled']);
    expect(await gate.vote(carl, { breakGlass: true })).toEqual([422, 'comment_required']);
    const decided = await gate.vote(carl, { breakGlass: true, comment: 'outage 12' });
    expect(decided).toEqual([200, 'approved']);
    const record = await gate.gate.find(gate.notice.id);
    expect(Date.parse(record?.expiresAt ?? '') - Date.now()).toBeLessThanOrEqual(5000);
    await eventually(() => gate.box.notices.length === 2);
    expect(gate.box.notices[1]).toMatchObject({ round: 'emergency' });
    expect(gate.progress.find(({ type }) => type === 'approval.emergency')).toMatchObject({
      comment: 'outage 12',
    });
    const decision = { ...asks, approval: { ...asks.approval, quorum: 2, breakGlass } };
    expect(await gate.run(someCall(), someContext({ decision }))).toBe(answer);
    expect(gate.events.at(-1)).toMatchObject({
      type: 'approval.consumed',
      data: { breakGlass: true, people: ['carl@acme.io'] },
    });
  });

  it('does not lift the ban on deciding about oneself', async () => {
    const gate = await asked({ breakGlass }, {}, { delegation: ['carl@acme.io'] });
    expect(await gate.vote(carl, { breakGlass: true, comment: 'mine' })).toEqual([403, 'self_approval']);
  });
});

describe('programs', () => {
  it('never count, whatever a rule or a channel says of them', async () => {
    const robot = 'robot@p.iam.gserviceaccount.com';
    const channel = {
      name: 'chat',
      async notify(_notice: unknown, way: { decide(decision: object): Promise<unknown> }) {
        answers.push(await way.decide({ verdict: 'approve', person: robot }));
      },
    };
    const answers: unknown[] = [];
    const gate = openGate({ channels: [channel], onPending: 'throw' });
    const approval = { ...asks.approval, approvers: [robot, 'ana@acme.io'] as const };
    await failure(gate.run(someCall(), someContext({ decision: { ...asks, approval } })));
    expect(answers).toMatchObject([{ kind: 'refused', reason: 'not_entitled' }]);
    const alone = { ...asks.approval, ...only('serviceAccount:x') };
    expect(
      await failure(
        gate.run(someCall('DELETE FROM a'), someContext({ decision: { ...asks, approval: alone } })),
      ),
    ).toMatchObject({ code: 'ERR_CONFIG' });
  });
});
