import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { compose } from '../../../src/call/compose.ts';
import {
  approvedKey,
  approvedOf,
  assertApproved,
  evidenceKey,
  memoryApprovals,
  onlyApproved,
  reconsiderKey,
  signDecision,
  webhook,
  type ApprovalChannel,
  type ApprovalHandle,
  type ApprovalRecord,
  type ApprovalStore,
  type Evidence,
} from '../../../src/middleware/approval/index.ts';
import { withQuerySettings } from '../../../src/call/query-request.ts';
import { costKey, type Cost } from '../../../src/middleware/limits/cost.ts';
import type { Call } from '../../../src/call/call.ts';
import type { Context } from '../../../src/call/context.ts';
import type { Next } from '../../../src/call/middleware.ts';
import { audit, memoryStore } from '../../../src/middleware/audit/index.ts';
import type { Decision } from '../../../src/middleware/policy/decision.ts';
import { instantApprovals } from '../../../src/testing/instant-approvals.ts';
import {
  ana,
  answer,
  asks,
  ben,
  eventually,
  failure,
  openGate,
  receiver,
  secret,
  someCall,
  someContext,
  type Receiver,
} from './harness.ts';

const open: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (each) => each.close()));
});

async function hook(respond: Parameters<typeof receiver>[0]): Promise<Receiver> {
  const server = await receiver(respond);
  open.push(server);
  return server;
}

function toHook(url: string): ReturnType<typeof webhook> {
  return webhook({ url, secrets: [secret], allowInsecureLoopback: true, schedule: [50], timeout: 200 });
}

const requiring = (approval: Partial<typeof asks.approval>): typeof asks => ({
  ...asks,
  approval: { ...asks.approval, ...approval },
});

describe('a call that needs approval', () => {
  it('goes out by webhook, waits, and runs after a signed callback, over real connections', async () => {
    const server = await hook((response) => response.writeHead(200).end());
    const gate = openGate({ channels: [toHook(server.url)] });
    const { url } = await gate.gate.listen(0);
    open.push(gate.gate);
    const context = someContext();
    const running = gate.run(someCall(), context);
    await eventually(() => server.requests.length === 1);
    expect(gate.sent).toEqual([]);
    const { data } = JSON.parse(server.requests[0]?.body ?? '');
    const { id, requestHash } = data;
    const decision = signDecision({ privateKey: ana.privateKey, id, requestHash, verdict: 'approve' });
    expect((await fetch(url, decision)).status).toBe(200);
    expect(await running).toBe(answer);
    expect(gate.sent).toHaveLength(1);
    expect(context.get(approvedKey)).toMatchObject({ id, requestHash });
    expect(gate.progress.map(({ type }) => type)).toEqual([
      'approval.waiting',
      'approval.notified',
      'approval.voted',
      'approval.settled',
    ]);
  });

  it('passes untouched when the policy allows it, and not at all when it denies', async () => {
    const gate = openGate();
    const allow: Decision = { effect: 'allow', policyDigest: 'a', rules: [], masks: [] };
    const deny: Decision = { effect: 'deny', policyDigest: 'a', rules: [], reasons: asks.reasons };
    expect(await gate.run(someCall(), someContext({ decision: allow }))).toBe(answer);
    expect(await failure(gate.run(someCall(), someContext({ decision: deny })))).toMatchObject({
      code: 'ERR_POLICY_DENIED',
    });
    expect([gate.sent.length, gate.box.notices]).toEqual([1, []]);
  });

  it('needs as many people as the rule says', async () => {
    const gate = openGate();
    const told = gate.box.next();
    const running = gate.run(someCall(), someContext({ decision: requiring({ quorum: 2 }) }));
    const notice = await told;
    await gate.decide(notice);
    await gate.decide(notice);
    await sleep(150);
    expect(gate.sent).toEqual([]);
    await gate.decide(notice, { privateKey: ben.privateKey });
    expect(await running).toBe(answer);
  });

  it('ends with an error when it expires, and a decision comes too late', async () => {
    const gate = openGate();
    const decision = requiring({ expiresInMs: 200 });
    const error = await failure(gate.run(someCall(), someContext({ decision })));
    expect(error).toMatchObject({
      code: 'ERR_APPROVAL_EXPIRED',
      message: 'Nobody decided in time; the approval request has expired. Nothing was sent.',
    });
    const [notice] = gate.box.notices;
    expect(notice && (await gate.decide(notice)).status).toBe(410);
    expect(gate.sent).toEqual([]);
  });

  it('never waits longer than 14 days', async () => {
    const gate = openGate({ onPending: 'throw' });
    const decision = requiring({ expiresInMs: 100 * 86_400_000 });
    await failure(gate.run(someCall(), someContext({ decision })));
    const [notice] = gate.box.notices;
    const { requestedAt = '', expiresAt = '' } = notice ?? {};
    expect(Date.parse(expiresAt) - Date.parse(requestedAt)).toBe(14 * 86_400_000);
  });

  it('stops at the abort of the caller, and its request is withdrawn', async () => {
    const gate = openGate();
    const abort = new AbortController();
    const told = gate.box.next();
    const running = failure(gate.run(someCall(), someContext({ signal: abort.signal })));
    const notice = await told;
    const reason = new Error('the user left');
    abort.abort(reason);
    expect(await running).toBe(reason);
    expect((await gate.gate.find(notice.id))?.state).toBe('cancelled');
    expect((await gate.decide(notice)).status).toBe(410);
    expect(gate.sent).toEqual([]);
  });

  it('stops when its request is withdrawn', async () => {
    const gate = openGate();
    const told = gate.box.next();
    const running = failure(gate.run());
    await gate.gate.withdraw((await told).id, 'ana@acme.io', 'stop');
    expect(await running).toMatchObject({
      code: 'ERR_APPROVAL_EXPIRED',
      message: expect.stringMatching(/withdrawn/),
    });
  });

  it('after the wait throws a handle, and the same call sent again uses the approval once', async () => {
    const gate = openGate({ waitFor: 100 });
    const pending = await failure(gate.run());
    const [notice] = gate.box.notices;
    if (notice === undefined) throw new Error('nobody was told');
    const { id, requestHash, expiresAt } = notice;
    expect(pending).toMatchObject({ code: 'ERR_APPROVAL_PENDING', approval: { id, requestHash, expiresAt } });
    await gate.decide(notice);
    expect(await gate.run()).toBe(answer);
    const next = await failure(gate.run());
    expect(next).toMatchObject({ code: 'ERR_APPROVAL_PENDING' });
    expect(gate.box.notices.map((each) => each.id)).toEqual([id, expect.not.stringMatching(id)]);
    expect(gate.sent).toHaveLength(1);
  });
});

describe('with onPending: throw', () => {
  it('a call throws a handle that is plain JSON, and asks only once while it is pending', async () => {
    const gate = openGate({ onPending: 'throw' });
    const errors = [await failure(gate.run()), await failure(gate.run())];
    const [notice] = gate.box.notices;
    const { id, requestHash, expiresAt } = notice ?? {};
    const handles = errors.map((error) => JSON.parse(JSON.stringify(error)).approval);
    expect(handles).toEqual([
      { id, requestHash, expiresAt },
      { id, requestHash, expiresAt },
    ]);
    expect(gate.box.notices).toHaveLength(1);
  });

  it('a request that nobody comes back for expires by itself, and that is written down', async () => {
    const gate = openGate({ onPending: 'throw' });
    await failure(gate.run(someCall(), someContext({ decision: requiring({ expiresInMs: 100 }) })));
    await eventually(() => gate.events.at(-1)?.type === 'approval.expired');
    expect(gate.events.map(({ type }) => type)).toEqual([
      'approval.requested',
      'approval.notified',
      'approval.expired',
    ]);
  });

  it('the approval serves the process that comes after, on the same store', async () => {
    const store = memoryApprovals();
    const before = openGate({ onPending: 'throw', store });
    await failure(before.run());
    const [notice] = before.box.notices;
    if (notice === undefined) throw new Error('nobody was told');
    const after = openGate({ onPending: 'throw', store });
    await after.decide(notice);
    expect(await after.run()).toBe(answer);
    expect([after.box.notices, before.sent, after.sent.length]).toEqual([[], [], 1]);
  });

  it('nobody is told where no channel tells somebody who may decide', async () => {
    const channel = { ...instantApprovals({ verdict: 'approve', approver: 'ana@acme.io' }), people: [] };
    const gate = openGate({ channels: [channel] });
    expect(await failure(gate.run())).toMatchObject({
      code: 'ERR_APPROVAL_EXPIRED',
      message:
        'Nobody could be told that the call needs approval (no channel tells anybody who may decide). Nothing was sent. Whoever runs the guard must repair the channel.',
    });
    expect(channel.notices).toEqual([]);
  });

  it('a webhook that does not take the message within the time ends the request', async () => {
    const server = await hook((response) => response.writeHead(500).end());
    const gate = openGate({ onPending: 'throw', deliverFor: 150, channels: [toHook(server.url)] });
    expect(await failure(gate.run())).toMatchObject({
      code: 'ERR_APPROVAL_EXPIRED',
      message:
        'Nobody could be told that the call needs approval (webhook answered 500). Nothing was sent. Whoever runs the guard must repair the channel.',
    });
  });
});

describe('an approval', () => {
  it('is spent by exactly one of 200 calls that race for it', async () => {
    const gate = openGate({ maximumPending: 1000 });
    const told = gate.box.next();
    const calls = Array.from({ length: 200 }, async () => gate.run(someCall()).then(() => 'sent', codeOf));
    await gate.decide(await told);
    const outcomes = await Promise.all(calls);
    expect(tally(outcomes)).toEqual({ sent: 1, 'ERR_APPROVAL_EXPIRED already_consumed': 199 });
    expect([gate.sent.length, gate.box.notices.length]).toEqual([1, 1]);
    expect(gate.events.filter((event) => event.type === 'approval.consumed')).toHaveLength(1);
  });

  it('covers what was asked: when the policy decides differently now, nothing is sent', async () => {
    const orders = { project: 'acme', dataset: 'shop', name: 'orders' };
    const evidence = (etag: string): Evidence => ({ tables: [{ name: orders, etag }], columns: [] });
    const mask = { table: orders, path: ['email'], with: 'nullify', rule: 'pii' } as const;
    const changes: Record<string, { decision: Decision; evidence: Evidence }> = {
      'the same': { decision: asks, evidence: evidence('e1') },
      'another policy': { decision: { ...asks, policyDigest: 'b'.repeat(64) }, evidence: evidence('e1') },
      'another schema': { decision: asks, evidence: evidence('e2') },
      'another mask': { decision: { ...asks, masks: [mask] }, evidence: evidence('e1') },
      'a denial': {
        decision: { effect: 'deny', policyDigest: 'b', rules: [], reasons: asks.reasons },
        evidence: evidence('e1'),
      },
    };
    const outcomes: Record<string, unknown> = {};
    for (const [name, again] of Object.entries(changes)) {
      const gate = openGate({
        channels: [instantApprovals({ verdict: 'approve', approver: 'ana@acme.io' })],
      });
      const context = someContext();
      context.set(evidenceKey, evidence('e1'));
      context.set(reconsiderKey, async () => again);
      const outcome = await gate.run(someCall(), context).then(() => 'sent', codeOf);
      outcomes[name] = [outcome, gate.sent.length, gate.events.at(-1)?.type];
    }
    const refused = ['ERR_APPROVAL_EXPIRED action_digest_mismatch', 0, 'approval.withdrawn'];
    expect(outcomes).toEqual({
      'the same': ['sent', 1, 'approval.consumed'],
      'another policy': refused,
      'another schema': refused,
      'another mask': refused,
      'a denial': ['ERR_POLICY_DENIED Ask a data owner.', 0, 'approval.withdrawn'],
    });
  });

  it('of one text does not serve another', async () => {
    const gate = openGate({ onPending: 'throw' });
    await failure(gate.run(someCall('DELETE FROM a WHERE id = 1')));
    const [notice] = gate.box.notices;
    if (notice !== undefined) await gate.decide(notice);
    const error = await failure(gate.run(someCall('DELETE FROM a WHERE id = 2')));
    expect(error).toMatchObject({ code: 'ERR_APPROVAL_PENDING' });
    expect([gate.sent, gate.box.notices.length]).toEqual([[], 2]);
  });

  it('expires like the request, and is not spent in its last millisecond', async () => {
    const clock = { now: new Date() };
    const gate = openGate({ onPending: 'throw', now: () => clock.now });
    await failure(gate.run());
    const [notice] = gate.box.notices;
    if (notice === undefined) throw new Error('nobody was told');
    await gate.decide(notice, { now: clock.now });
    clock.now = new Date(notice.expiresAt);
    expect(await failure(gate.run())).toMatchObject({ code: 'ERR_APPROVAL_PENDING' });
    expect([gate.sent, gate.box.notices.length]).toEqual([[], 2]);
  });
});

describe('nobody is asked', () => {
  it('when only the requester could approve', async () => {
    const gate = openGate();
    const context = someContext({
      principal: 'ana@acme.io',
      decision: requiring({ approvers: ['Ana@acme.io'] }),
    });
    expect(await failure(gate.run(someCall(), context))).toMatchObject({
      code: 'ERR_CONFIG',
      message: expect.stringMatching(/needs 1 approvals, but only 0/),
    });
    expect(gate.box.notices).toEqual([]);
  });

  it('about an upload, whose content nobody can see', async () => {
    const gate = openGate();
    const upload = { contentType: 'text/csv', stream: Readable.from(['a,b']) };
    expect(await failure(gate.run({ ...someCall(), upload }))).toMatchObject({ code: 'ERR_POLICY_DENIED' });
    expect([gate.sent, gate.box.notices]).toEqual([[], []]);
  });

  it('by a principal that has too many requests pending', async () => {
    const gate = openGate({ onPending: 'throw', maximumPending: 3 });
    const codes: unknown[] = [];
    for (let index = 0; index < 5; index += 1) {
      codes.push(await gate.run(someCall(`DELETE FROM a WHERE id = ${index}`)).catch(codeOf));
    }
    const pending = 'ERR_APPROVAL_PENDING Ask a data owner.';
    const flood = 'ERR_LIMIT_EXCEEDED too many pending';
    expect(codes).toEqual([pending, pending, pending, flood, flood]);
    expect(gate.box.notices).toHaveLength(3);
  });

  it('when it cannot be written down', async () => {
    const gate = openGate({
      record: async () => {
        throw new Error('disk full');
      },
    });
    expect(await failure(gate.run())).toMatchObject({ message: 'disk full' });
    expect([gate.sent, gate.box.notices]).toEqual([[], []]);
  });
});

describe('nothing is sent', () => {
  it('when the webhook is down, slow or answers rubbish until the wait is over', async () => {
    const answers: Parameters<typeof receiver>[0][] = [
      (response) => response.destroy(),
      () => undefined,
      (response) => response.socket?.end('rubbish\r\n\r\n'),
      (response) => response.writeHead(302, { location: 'http://169.254.169.254/' }).end(),
    ];
    const outcomes = await Promise.all(
      answers.map(async (respond) => {
        const server = await hook(respond);
        const gate = openGate({ channels: [toHook(server.url)], waitFor: 600 });
        const code = await gate.run().catch(codeOf);
        const types = [...new Set(gate.events.map(({ type }) => type))];
        return [code, gate.sent.length, server.requests.length > 1, types];
      }),
    );
    const ended = ['approval.requested', 'approval.undelivered', 'approval.withdrawn'];
    expect(outcomes).toEqual(answers.map(() => ['ERR_APPROVAL_EXPIRED undeliverable', 0, true, ended]));
  });

  it('and no attempt is made after the wait', async () => {
    const server = await hook((response) => response.writeHead(503).end());
    const gate = openGate({ channels: [toHook(server.url)], waitFor: 100 });
    await failure(gate.run());
    // One that was under way may still arrive.
    await sleep(100);
    const count = server.requests.length;
    await sleep(300);
    expect(server.requests).toHaveLength(count);
  });

  it('when the webhook says at once that it is gone', async () => {
    const server = await hook((response) => response.writeHead(410).end());
    const gate = openGate({ channels: [toHook(server.url)] });
    expect(await failure(gate.run())).toMatchObject({
      code: 'ERR_APPROVAL_EXPIRED',
      message: expect.stringMatching(/\(The webhook answered 410 and is switched off\)/),
    });
  });

  it('before the request is on record, when nobody can find it yet', async () => {
    const inner = memoryApprovals();
    const before: string[][] = [];
    const store: ApprovalStore = Object.assign(memoryApprovals(), inner, {
      insert: async (record: ApprovalRecord) => {
        before.push(gate.events.map(({ type }) => type));
        return inner.insert(record);
      },
    });
    const gate = openGate({ store, waitFor: 50 });
    await failure(gate.run());
    expect(before).toEqual([['approval.requested']]);
  });

  it('for a request that another process was first to make, which is then on record as taken back', async () => {
    const inner = memoryApprovals();
    let first = true;
    const store: ApprovalStore = Object.assign(memoryApprovals(), inner, {
      insert: async (record: ApprovalRecord) => {
        if (first) await inner.insert({ ...record, id: 'another' });
        first = false;
        return inner.insert(record);
      },
    });
    const gate = openGate({ store, waitFor: 50 });
    await failure(gate.run());
    const told = gate.events.map(({ type, data }) => [
      type,
      'approval' in data && data.approval === 'another',
    ]);
    expect(told.slice(0, 2)).toEqual([
      ['approval.requested', false],
      ['approval.withdrawn', false],
    ]);
  });

  it('when the store takes no change', async () => {
    const store: ApprovalStore = Object.assign(memoryApprovals(), { replace: async () => false });
    const gate = openGate({
      store,
      channels: [instantApprovals({ verdict: 'approve', approver: 'ana@acme.io' })],
    });
    expect(await failure(gate.run())).toMatchObject({ code: 'ERR_INTERNAL' });
    expect(gate.sent).toEqual([]);
  });

  it('when the store fails', async () => {
    const broken: ApprovalStore = Object.assign(memoryApprovals(), {
      findOpen: async () => {
        throw new Error('store is down');
      },
    });
    const gate = openGate({ store: broken });
    expect(await failure(gate.run())).toMatchObject({ message: 'store is down' });
    expect([gate.sent, gate.box.notices]).toEqual([[], []]);
  });
});

describe('a call goes on', () => {
  it('when one channel of two fails', async () => {
    const down = {
      name: 'down',
      notify: async () => {
        throw new Error('down');
      },
    };
    const gate = openGate({
      channels: [down, instantApprovals({ verdict: 'approve', approver: 'ana@acme.io' })],
    });
    expect(await gate.run()).toBe(answer);
  });

  it('by the channels that tell somebody who may decide, and by no other', async () => {
    const told: string[] = [];
    const tells = (name: string, ids?: readonly string[]): ApprovalChannel => ({
      ...instantApprovals({ verdict: 'approve', approver: 'ana@acme.io' }),
      name,
      ...(ids && { people: ids }),
      notify: async () => void told.push(name),
    });
    const gate = openGate({
      channels: [
        tells('everybody'),
        tells('owners', ['outsider@acme.io', 'ANA@acme.io']),
        tells('strangers', ['outsider@acme.io']),
        tells('requester', ['ben@acme.io']),
      ],
      onPending: 'throw',
    });
    const call = gate.run(someCall(), someContext({ principal: 'ben@acme.io' }));
    expect(await failure(call)).toMatchObject({ code: 'ERR_APPROVAL_PENDING' });
    expect(told).toEqual(['everybody', 'owners']);
  });

  it('when a progress bar breaks', async () => {
    const gate = openGate({
      channels: [instantApprovals({ verdict: 'approve', approver: 'ana@acme.io' })],
      onProgress: () => {
        throw new Error('no terminal');
      },
    });
    expect(await gate.run()).toBe(answer);
  });
});

describe('instantApprovals', () => {
  it('rejects with its comment', async () => {
    const instant = instantApprovals({ verdict: 'reject', approver: 'ben@acme.io', comment: 'too broad' });
    const gate = openGate({ people: [], channels: [instant] });
    expect(await failure(gate.run())).toMatchObject({
      code: 'ERR_APPROVAL_REJECTED',
      message: 'ben@acme.io rejected the call: "too broad". Nothing was sent. Do not repeat it unchanged.',
    });
    expect(instant.notices).toHaveLength(1);
  });

  it('cannot approve as somebody whom the rule does not name, nor as the requester', async () => {
    const gate = openGate({ channels: [instantApprovals({ verdict: 'approve', approver: 'eve@acme.io' })] });
    expect(await failure(gate.run())).toMatchObject({
      message: expect.stringMatching(/eve@acme.io may not decide \(not_entitled\)/),
    });
    const own = openGate({ channels: [instantApprovals({ verdict: 'approve', approver: 'ana@acme.io' })] });
    const error = await failure(own.run(someCall(), someContext({ delegation: ['ana@acme.io'] })));
    expect(error).toMatchObject({
      message: expect.stringMatching(/ana@acme.io may not decide \(self_approval\)/),
    });
    expect([gate.sent, own.sent]).toEqual([[], []]);
  });
});

describe('the record', () => {
  it('has the request before anybody is asked, the signed vote before it counts, and the use before sending', async () => {
    const store = memoryStore();
    const types = (): string[] =>
      store.events().flatMap(({ type }) => (type === 'approval.notified' ? [] : [type]));
    const seen: string[][] = [];
    const box = {
      name: 'box',
      notify: async (_notice: unknown, way: Parameters<ReturnType<typeof instantApprovals>['notify']>[1]) => {
        seen.push(types());
        await way.decide({ verdict: 'approve', person: 'ana@acme.io' });
      },
    };
    const { gate } = openGate({ channels: [box] });
    const handle = compose([audit({ store }), gate], async () => {
      seen.push(types());
      return answer;
    });
    const call = someCall();
    await handle(call, someContext());
    expect(seen).toEqual([
      ['session.started', 'call.started', 'approval.requested'],
      ['session.started', 'call.started', 'approval.requested', 'approval.decided', 'approval.consumed'],
    ]);
    expect(new Set(store.events().map((event) => event.call ?? call.id))).toEqual(new Set([call.id]));
  });
});

describe('what sends calls', () => {
  it('sends none that needs an approval when the list of middleware has no approval', async () => {
    const sent: unknown[] = [];
    const handle = compose(
      [],
      onlyApproved(async (call) => {
        sent.push(call);
        return answer;
      }),
    );
    expect(await failure(handle(someCall(), someContext()))).toMatchObject({ code: 'ERR_CONFIG' });
    expect(sent).toEqual([]);
    const approved = someContext();
    const call = someCall();
    approved.set(approvedKey, approvedOf(call, { id: 'x', requestHash: 'y' }));
    expect(await handle(call, approved)).toBe(answer);
  });
});

describe('the last step before sending', () => {
  const changes: Record<string, (call: Call) => Call> = {
    nothing: (call) => call,
    'the bytes that may be billed': (call) => withQuerySettings(call, { maximumBytesBilled: '5' }),
    'a label of ours': (call) => ({ ...call, body: { ...call.body, labels: { guard_call: 'x' } } }),
    'the text': (call) => withQuerySettings(call, { query: 'DELETE FROM shop.orders WHERE TRUE' }),
    'a parameter': (call) => withQuerySettings(call, { queryParameters: [{ name: 'a' }] }),
    'the destination': (call) => withQuerySettings(call, { destinationTable: { tableId: 'x' } }),
    'the dataset': (call) => withQuerySettings(call, { defaultDataset: { datasetId: 'hr' } }),
    'a label of theirs': (call) => ({ ...call, body: { ...call.body, labels: { team: 'x' } } }),
    'the project': (call) => ({ ...call, project: 'other', path: '/projects/other/queries' }),
  };

  it('refuses what a layer between has changed, but for what limits and labels of ours change', async () => {
    const outcomes: Record<string, unknown> = {};
    for (const [name, change] of Object.entries(changes)) {
      const sent: unknown[] = [];
      const { gate } = openGate({
        channels: [instantApprovals({ verdict: 'approve', approver: 'ana@acme.io' })],
      });
      const between = {
        name: 'between',
        handle: async (call: Call, _context: Context, next: Next) => next(change(call)),
      };
      const handle = compose(
        [gate, between],
        onlyApproved(async (call) => {
          sent.push(call);
          return answer;
        }),
      );
      outcomes[name] = [await handle(someCall(), someContext()).then(() => 'sent', codeOf), sent.length];
    }
    const refused = ['ERR_CONFIG action_digest_mismatch', 0];
    const passes = ['nothing', 'the bytes that may be billed', 'a label of ours'];
    expect(outcomes).toEqual(
      Object.fromEntries(
        Object.keys(changes).map((name) => [name, passes.includes(name) ? ['sent', 1] : refused]),
      ),
    );
  });
});

const cost = (bytes: bigint, bounded = true): Cost => {
  const rest = { billedBytes: bytes, price: 1, referencedTables: [], undeclaredParameters: [] };
  return { bytes, bounded, statementType: 'UPDATE', ...rest };
};

describe('the dry run', () => {
  const runs: Record<string, readonly [Cost | Error, unknown]> = {
    'as many bytes': [cost(1000n), ['sent', 1, 'approval.consumed']],
    'within the tolerance': [cost(1100n), ['sent', 1, 'approval.consumed']],
    'more bytes': [cost(1101n), ['ERR_APPROVAL_EXPIRED bytes_over_approved', 0, 'approval.withdrawn']],
    'nobody knows how many': [
      cost(1n, false),
      ['ERR_APPROVAL_EXPIRED bytes_over_approved', 0, 'approval.withdrawn'],
    ],
    'no answer': [new Error('BigQuery is away'), ['Error: BigQuery is away', 0, 'approval.notified']],
  };

  it('is made again right before the call is sent: more than was approved and the tolerance is refused', async () => {
    const outcomes: Record<string, unknown> = {};
    for (const [name, [later]] of Object.entries(runs)) {
      const gate = openGate({ onPending: 'throw' });
      const asked = someContext();
      asked.set(costKey, async () => cost(1000n));
      await failure(gate.run(someCall(), asked));
      const [notice] = gate.box.notices;
      expect(notice).toMatchObject({ estimatedBytes: 1000, estimatedPrice: { amount: 1, currency: 'USD' } });
      if (notice !== undefined) await gate.decide(notice);
      const context = someContext();
      let times = 0;
      context.set(costKey, async () => {
        times += 1;
        if (times === 1) return cost(1000n);
        if (later instanceof Error) throw later;
        return later;
      });
      const outcome = await gate.run(someCall(), context).then(() => 'sent', codeOf);
      const last = gate.events.filter(({ type }) => type !== 'approval.decided').at(-1)?.type;
      outcomes[name] = [outcome, gate.sent.length, last];
    }
    expect(outcomes).toEqual(Object.fromEntries(Object.entries(runs).map(([name, [, end]]) => [name, end])));
  });

  it('that BigQuery refuses asks nobody', async () => {
    const gate = openGate();
    const context = someContext();
    context.set(costKey, async () => {
      throw new Error('no such column');
    });
    expect(await failure(gate.run(someCall(), context))).toMatchObject({ message: 'no such column' });
    expect([gate.box.notices, gate.sent]).toEqual([[], []]);
  });
});

describe('a handle', () => {
  it('is resumed in another process, and tells what became of the request', async () => {
    const store = memoryApprovals();
    const before = openGate({ onPending: 'throw', store });
    const error = await failure(before.run());
    const handle: ApprovalHandle = JSON.parse(JSON.stringify(error)).approval;
    const after = openGate({ onPending: 'throw', store });
    expect(await failure(after.gate.resume(handle, { waitFor: 0 }))).toMatchObject({
      code: 'ERR_APPROVAL_PENDING',
    });
    const waiting = after.gate.resume(handle);
    const [notice] = before.box.notices;
    if (notice !== undefined) await after.decide(notice);
    expect(await waiting).toMatchObject({ id: handle.id, state: 'approved' });
    expect(await after.run()).toBe(answer);
    expect(await failure(after.gate.resume(handle))).toMatchObject({
      reasons: [{ rule: 'writes-need-a-person' }, { message: 'already_consumed' }],
    });
    const unknown = { ...handle, requestHash: 'b'.repeat(64) };
    expect(await failure(after.gate.resume(unknown))).toMatchObject({
      reasons: [{ message: 'unknown_request' }],
    });
    expect([before.box.notices.length, after.box.notices]).toEqual([1, []]);
  });

  it('of a request that nobody was told of, because the process died, is told by the next process', async () => {
    const store = memoryApprovals();
    const dying = openGate({
      onPending: 'throw',
      store,
      channels: [{ name: 'slow', notify: async () => new Promise(() => undefined) }],
    });
    void failure(dying.run());
    await eventually(() => dying.events.length === 1);
    const next = openGate({ onPending: 'throw', store });
    await eventually(() => next.box.notices.length === 1);
    const [notice] = next.box.notices;
    if (notice !== undefined) await next.decide(notice);
    expect(await next.run()).toBe(answer);
    expect(next.box.notices).toHaveLength(1);
  });
});

describe('an approver', () => {
  it('is shown what changed since a query of the shape was approved the last time', async () => {
    const gate = openGate({ onPending: 'throw' });
    const ask = async (id: number): Promise<void> => {
      const context = someContext();
      context.set(evidenceKey, { tables: [], columns: [], fingerprint: 'f'.repeat(64) });
      await failure(gate.run(someCall(`UPDATE shop.orders SET status = 'paid' WHERE id = ${id}`), context));
    };
    await ask(6);
    const [first] = gate.box.notices;
    if (first !== undefined) await gate.decide(first);
    await ask(7);
    expect(gate.box.notices.map(({ statement }) => statement?.previous)).toEqual([
      undefined,
      { id: first?.id, approvedAt: expect.any(String), by: ['ana@acme.io'], changes: ['6 → 7'] },
    ]);
  });
});

describe('assertApproved', () => {
  it('stops a call that needs approval where no approval middleware stood in its way', () => {
    const [call, context] = [someCall(), someContext()];
    expect(() => assertApproved(call, context)).toThrow(/no approval middleware stands between/);
    context.set(approvedKey, approvedOf(call, { id: 'x', requestHash: 'y' }));
    expect(() => assertApproved(call, context)).not.toThrow();
    const allow: Decision = { effect: 'allow', policyDigest: 'a', rules: [], masks: [] };
    expect(() => assertApproved(call, someContext({ decision: allow }))).not.toThrow();
  });
});

function codeOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('reasons' in error)) {
    return String(error);
  }
  const reasons: unknown = error.reasons;
  const last: unknown = Array.isArray(reasons) ? reasons.at(-1) : undefined;
  const message = typeof last === 'object' && last !== null && 'message' in last ? String(last.message) : '';
  return `${String(error.code)} ${message}`;
}

function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
