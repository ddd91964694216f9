import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import type { Result } from '../../../src/call/result.ts';
import { decisionKey, type Decision } from '../../../src/middleware/policy/decision.ts';
import { instantApprovals } from '../../../src/testing/instant-approvals.ts';
import { answer, asks, failure, openGate, someCall, someContext, type ContextChanges } from './harness.ts';

const allow: Decision = { effect: 'allow', policyDigest: 'a', rules: [], masks: [] };

describe('the kill switch', () => {
  const switches = [
    ['principal', { principal: 'agent-a' }, {}],
    ['principal', { principal: 'carl@acme.io' }, { delegation: ['user:Carl@acme.io'] }],
    ['session', { session: 's1' }, { session: 's1' }],
  ] as const;

  it.each(switches)(
    'for a %s ends what waits, and refuses every call until it is released',
    async (_, subject, who) => {
      const gate = openGate();
      const told = gate.box.next();
      const running = failure(gate.run(someCall(), someContext(who)));
      await told;
      await gate.gate.stop(subject, 'ben@acme.io', 'it runs wild');
      expect(await running).toMatchObject({ code: 'ERR_APPROVAL_EXPIRED' });
      const allowed = async (changes: ContextChanges): Promise<unknown> =>
        gate.run(someCall('SELECT 1'), someContext({ ...changes, decision: allow }));
      expect(await failure(allowed(who))).toMatchObject({
        code: 'ERR_POLICY_DENIED',
        message: expect.stringMatching(/was stopped by ben@acme.io: "it runs wild"/),
      });
      expect(gate.sent).toEqual([]);
      expect(await allowed({ principal: 'agent-b', session: 's2' })).toBe(answer);
      expect(await gate.gate.release(subject, 'ben@acme.io', 'mended')).toBe(true);
      expect(await allowed(who)).toBe(answer);
      const stops = gate.events.flatMap((event) =>
        event.type === 'approval.stopped' ? [event.data.state] : [],
      );
      expect(stops).toEqual(['stopped', 'released']);
    },
  );
});

const job = { projectId: 'acme', jobId: 'job-1', location: 'EU' };

async function started(body: Result['body']): Promise<{
  readonly gate: ReturnType<typeof openGate>;
  readonly asked: Call[];
  readonly id: string;
}> {
  const asked: Call[] = [];
  const gate = openGate({ channels: [instantApprovals({ verdict: 'approve', approver: 'ana@acme.io' })] });
  const upstream = async (call: Call): Promise<Result> => {
    asked.push(call);
    return answer;
  };
  const context = someContext({ upstream });
  await gate.gate.handle(someCall(), context, async () => ({ ...answer, body }));
  const event = gate.events.find(({ type }) => type === 'approval.consumed');
  return { gate, asked, id: event?.type === 'approval.consumed' ? event.data.approval : '' };
}

describe('a revocation', () => {
  it('cancels the job that runs on the approval', async () => {
    const { gate, asked, id } = await started({ jobReference: job, jobComplete: false });
    expect(await gate.gate.withdraw(id, 'ben@acme.io', 'wrong table')).toBe(true);
    expect(asked.map(({ operation, ids, query }) => [operation, ids.jobId, query])).toEqual([
      ['jobs.cancel', 'job-1', { location: 'EU' }],
    ]);
    expect(gate.events.at(-1)).toMatchObject({
      type: 'approval.withdrawn',
      data: { state: 'interrupted', by: 'ben@acme.io', reason: 'wrong table' },
    });
  });

  it('leaves a job alone that has ended', async () => {
    const { gate, asked, id } = await started({ jobReference: job, jobComplete: true });
    expect([await gate.gate.withdraw(id, 'ben@acme.io', 'late'), asked]).toEqual([false, []]);
  });

  it('keeps the answer back that comes after it', async () => {
    const gate = openGate({ channels: [instantApprovals({ verdict: 'approve', approver: 'ana@acme.io' })] });
    const context = someContext();
    context.set(decisionKey, asks);
    const outcome = failure(
      gate.gate.handle(someCall(), context, async () => {
        const event = gate.events.find(({ type }) => type === 'approval.consumed');
        await gate.gate.withdraw(
          event?.type === 'approval.consumed' ? event.data.approval : '',
          'ben',
          'stop',
        );
        return { ...answer, body: { jobReference: job, jobComplete: true, rows: [{ f: [] }] } };
      }),
    );
    expect(await outcome).toMatchObject({
      code: 'ERR_APPROVAL_EXPIRED',
      message: expect.stringMatching(/took the approval back/),
    });
  });

  it('reaches a job that another process started', async () => {
    const { gate, id } = await started({ jobReference: job, jobComplete: false });
    const record = await gate.gate.find(id);
    const cancelled: unknown[] = [];
    const { memoryApprovals } = await import('../../../src/middleware/approval/index.ts');
    const store = memoryApprovals();
    if (record !== undefined) await store.insert(record);
    const other = openGate({ store, cancelJob: async (name) => void cancelled.push(name) });
    expect(await other.gate.withdraw(id, 'ben@acme.io', 'stop')).toBe(true);
    expect(cancelled).toEqual([{ project: 'acme', jobId: 'job-1', location: 'EU' }]);
  });
});
