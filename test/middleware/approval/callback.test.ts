import { request } from 'node:http';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import {
  generateApproverKeys,
  signDecision,
  signList,
  signRead,
  signRevoke,
} from '../../../src/middleware/approval/index.ts';
import type { ApprovalNotice, SignedRequest } from '../../../src/middleware/approval/index.ts';
import { readSigningKey } from '../../../src/middleware/approval/keys.ts';
import { signatureHeaders } from '../../../src/middleware/approval/signature.ts';
import {
  ana,
  ben,
  failure,
  openGate,
  people,
  secret,
  someCall,
  someContext,
  stranger,
  toRequest,
  type ContextChanges,
  type Gate,
} from './harness.ts';

async function plain(response: Response): Promise<unknown> {
  return [response.status, await response.json()];
}

interface Pending extends Gate {
  readonly notice: ApprovalNotice;
  readonly running: Promise<unknown>;
  /** What the handler answers: status and body. */
  readonly send: (
    message: Omit<SignedRequest, 'method' | 'headers'> & { method?: string; headers: object },
  ) => Promise<unknown>;
  readonly answer: (changes?: Parameters<Gate['decide']>[1]) => Promise<unknown>;
}

/** A gate with one call that waits. */
async function pending(
  options: Parameters<typeof openGate>[0] = {},
  context: ContextChanges = {},
): Promise<Pending> {
  const opened = openGate(options);
  const told = opened.box.next();
  const running = failure(opened.run(someCall(), someContext(context)));
  const notice = await told;
  return {
    ...opened,
    notice,
    running,
    send: async (message) => plain(await opened.gate.handler(toRequest({ method: 'POST', ...message }))),
    answer: async (changes) => plain(await opened.decide(notice, changes)),
  };
}

const stopping: Gate[] = [];
afterEach(async () => Promise.all(stopping.splice(0).map(async ({ gate }) => gate.close())));

function signed(
  notice: ApprovalNotice,
  changes: Partial<Parameters<typeof signDecision>[0]> = {},
): SignedRequest {
  const { id, requestHash } = notice;
  return signDecision({ privateKey: ana.privateKey, id, requestHash, verdict: 'approve', ...changes });
}

const refusals = ({ events }: Gate): unknown[] =>
  events.flatMap((event) => (event.type === 'approval.refused' ? [event.data] : []));

describe('a signed decision', () => {
  it('lets the call run when it approves, and is kept with its signature', async () => {
    const { notice, answer, running, sent, events } = await pending();
    expect(await answer({ comment: 'fine' })).toEqual([
      200,
      { id: notice.id, state: 'approved', duplicate: false },
    ]);
    expect(await running).toBeUndefined();
    expect(sent).toHaveLength(1);
    expect(events.map((event) => event.type)).toEqual([
      'approval.requested',
      'approval.notified',
      'approval.decided',
      'approval.consumed',
    ]);
    expect(events[2]?.data).toMatchObject({
      approval: notice.id,
      requestHash: notice.requestHash,
      person: 'ana@acme.io',
      verdict: 'approve',
      state: 'approved',
      comment: 'fine',
      proof: {
        kind: 'signature',
        signature: expect.stringMatching(/^v1a,/),
        body: expect.stringContaining(notice.requestHash),
      },
    });
  });

  it('stops the call when it rejects, with the comment', async () => {
    const { notice, answer, running, sent } = await pending();
    expect(await answer({ verdict: 'reject', comment: 'ask for less\u202E' })).toEqual([
      200,
      { id: notice.id, state: 'rejected', duplicate: false },
    ]);
    expect(await running).toMatchObject({
      code: 'ERR_APPROVAL_REJECTED',
      message:
        'ana@acme.io rejected the call: "ask for less⟨U+202E⟩". Nothing was sent. Do not repeat it unchanged.',
      reasons: [
        { rule: 'writes-need-a-person', message: 'Ask a data owner.' },
        { rule: 'approval', message: 'rejected by ana@acme.io: "ask for less⟨U+202E⟩"' },
      ],
    });
    expect(sent).toEqual([]);
  });

  it('is idempotent: the same again is 200 and changes nothing, even after the approval was spent', async () => {
    const { notice, send, running, sent } = await pending();
    const message = signed(notice);
    const first = await send(message);
    await running;
    const again = await send(message);
    expect([first, again]).toEqual([
      [200, { id: notice.id, state: 'approved', duplicate: false }],
      [200, { id: notice.id, state: 'consumed', duplicate: true }],
    ]);
    expect(sent).toHaveLength(1);
  });

  it('is a conflict when it contradicts the first one, and the first stands', async () => {
    const gate = await pending({ onPending: 'throw' });
    await gate.running;
    await gate.answer();
    expect(await gate.answer({ verdict: 'reject' })).toEqual([409, { error: 'conflicting_decision' }]);
    expect(await gate.answer({ verdict: 'reject', privateKey: ben.privateKey })).toEqual([
      409,
      { error: 'conflicting_decision' },
    ]);
    expect((await gate.gate.find(gate.notice.id))?.state).toBe('approved');
    const { id: approval, requestHash } = gate.notice;
    expect(refusals(gate)).toEqual([
      { approval, requestHash, reason: 'conflicting_decision', person: 'ana@acme.io' },
      { approval, requestHash, reason: 'conflicting_decision', person: 'ben@acme.io' },
    ]);
    await gate.run();
    expect(gate.sent).toHaveLength(1);
  });

  it('may be sent again under a new id by the same person, without effect', async () => {
    const gate = await pending({ onPending: 'throw' });
    await gate.running;
    const answers = [await gate.answer(), await gate.answer()];
    expect(answers).toEqual([
      [200, { id: gate.notice.id, state: 'approved', duplicate: false }],
      [200, { id: gate.notice.id, state: 'approved', duplicate: true }],
    ]);
    expect((await gate.gate.find(gate.notice.id))?.votes).toHaveLength(1);
  });
});

describe('a decision is turned away', () => {
  it('with 401, which tells nothing, when it is unsigned, altered, late, early or signed by a key of nobody', async () => {
    const gate = await pending();
    const { notice } = gate;
    const right = signed(notice);
    const headers = { ...right.headers };
    const without = (name: string): object =>
      Object.fromEntries(Object.entries(headers).filter(([key]) => key !== name));
    const shifted = (seconds: number): SignedRequest =>
      signed(notice, { now: new Date(Date.now() + seconds * 1000) });
    const bad: (readonly [string, { readonly headers: object; readonly body: string }])[] = [
      ['unsigned', { headers: { 'content-type': 'application/json' }, body: right.body }],
      ['no id', { ...right, headers: without('webhook-id') }],
      ['no timestamp', { ...right, headers: without('webhook-timestamp') }],
      ['no signature', { ...right, headers: without('webhook-signature') }],
      ['altered body', { ...right, body: right.body.replace('approve', 'reject') }],
      ['a blank more', { ...right, body: `${right.body} ` }],
      ['altered id', { ...right, headers: { ...headers, 'webhook-id': 'msg_other' } }],
      [
        'altered time',
        { ...right, headers: { ...headers, 'webhook-timestamp': String(Math.floor(Date.now() / 1000) + 9) } },
      ],
      [
        'doubled id',
        { ...right, headers: { ...headers, 'webhook-id': `${right.headers['webhook-id']}, x` } },
      ],
      ['late', shifted(-302)],
      ['early', shifted(302)],
      ['nobody', signed(notice, { privateKey: generateApproverKeys().privateKey })],
      ['symmetric', signed(notice, { privateKey: secret })],
      ['two signers', bothSign(notice)],
      [
        'many signatures',
        {
          ...right,
          headers: {
            ...headers,
            'webhook-signature': Array(9).fill(right.headers['webhook-signature']).join(' '),
          },
        },
      ],
      ['unknown request', signed({ ...notice, id: 'x' }, { privateKey: generateApproverKeys().privateKey })],
    ];
    const answers: unknown[] = [];
    for (const [name, message] of bad) answers.push([name, ...[await gate.send(message)].flat()]);
    expect(answers).toEqual(bad.map(([name]) => [name, 401, { error: 'unauthorized' }]));
    expect(refusals(gate)).toHaveLength(bad.length);
    expect(new Set(refusals(gate).map((data) => JSON.stringify(data)))).toEqual(
      new Set(['{"reason":"unsigned"}', '{"reason":"unknown_key"}', '{"reason":"late"}']),
    );
    expect((await gate.gate.find(notice.id))?.state).toBe('pending');
    expect(await gate.send(right)).toEqual([200, { id: notice.id, state: 'approved', duplicate: false }]);
  });

  it('with 405, 415, 413 or 400 when it is no decision at all', async () => {
    const gate = await pending();
    const { notice } = gate;
    const right = signed(notice);
    const typed = (type: string): object => ({ ...right.headers, 'content-type': type });
    const get = await gate.gate.handler(new Request('http://guard.test/', { headers: { ...right.headers } }));
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    expect(await gate.send({ ...right, headers: typed('text/plain') })).toEqual([
      415,
      { error: 'unsupported_media_type' },
    ]);
    expect(await gate.send({ ...right, body: 'x'.repeat(65 * 1024) })).toEqual([413, { error: 'too_large' }]);
    const extra = ['', 'null', '[]', '"x"', '{', '{"type":"approval.decision"}'];
    const { id, requestHash } = notice;
    const base = { type: 'approval.decision', id, requestHash, verdict: 'approve' };
    const wrong = [
      { ...base, verdict: 'Approve' },
      { ...base, approver: 'ben@acme.io' },
      { ...base, comment: 'x'.repeat(2001) },
      { ...base, comment: 5 },
      { ...base, type: 'approval.requested' },
      { ...base, id: 5 },
    ].map((body) => JSON.stringify(body));
    const answers = [];
    for (const body of [...extra, ...wrong]) answers.push(await gate.send(signRaw(body)));
    expect(answers).toEqual([...extra, ...wrong].map(() => [400, { error: 'malformed' }]));
    expect((await gate.gate.find(id))?.state).toBe('pending');
  });

  it('with 404 when nobody asked, 409 when it names another content', async () => {
    const gate = await pending();
    expect(await gate.send(signed({ ...gate.notice, id: 'unknown' }))).toEqual([
      404,
      { error: 'unknown_request' },
    ]);
    expect(await gate.send(signed({ ...gate.notice, requestHash: 'b'.repeat(64) }))).toEqual([
      409,
      { error: 'action_digest_mismatch' },
    ]);
    expect(gate.sent).toEqual([]);
  });

  it('with 409 when its message id came before with another content', async () => {
    const gate = await pending({ onPending: 'throw' });
    await gate.running;
    const messageId = 'msg_1';
    await gate.answer({ messageId });
    expect(await gate.answer({ messageId, comment: 'other' })).toEqual([409, { error: 'replayed' }]);
  });

  it('with 410 when the request has expired, was withdrawn, revoked or is spent', async () => {
    const clock = { now: new Date() };
    const options = { onPending: 'throw', now: () => clock.now } as const;
    const later = { messageId: 'msg_later' };

    const spent = await pending(options);
    await spent.running;
    await spent.answer();
    await spent.run();
    expect(await spent.answer(later)).toEqual([410, { error: 'already_consumed' }]);

    const cancelled = await pending(options);
    await cancelled.gate.withdraw(cancelled.notice.id, 'ana@acme.io', 'no');
    expect(await cancelled.answer(later)).toEqual([410, { error: 'cancelled' }]);

    const revoked = await pending(options);
    await revoked.running;
    await revoked.answer();
    await revoked.gate.withdraw(revoked.notice.id, 'ana@acme.io', 'no');
    expect(await revoked.answer(later)).toEqual([410, { error: 'revoked' }]);

    const expired = await pending(options);
    await expired.running;
    clock.now = new Date(expired.notice.expiresAt);
    expect(await expired.answer({ now: clock.now })).toEqual([410, { error: 'expired' }]);
    expect(expired.events.map((event) => event.type)).toEqual([
      'approval.requested',
      'approval.notified',
      'approval.expired',
      'approval.refused',
    ]);
  });

  it('with 403 when the person is not named by the rule, asked for it, or stands in the chain of delegation', async () => {
    const gate = await pending();
    expect(await gate.answer({ privateKey: stranger.privateKey })).toEqual([403, { error: 'not_entitled' }]);
    const own = await pending({}, { principal: 'user:Ana@ACME.io' });
    expect(await own.answer()).toEqual([403, { error: 'self_approval' }]);
    const delegated = await pending({}, { delegation: ['ana@acme.io', 'orchestrator'] });
    expect(await delegated.answer()).toEqual([403, { error: 'self_approval' }]);
    const [first, ...others] = people;
    const known = [
      { ...first, id: 'ana@acme.io', keys: [ana.publicKey], aliases: ['ana.private@mail.example'] },
      ...others,
    ];
    const alias = await pending({ people: known }, { principal: 'ana.private@mail.example' });
    expect(await alias.answer()).toEqual([403, { error: 'self_approval' }]);
    expect([gate, own, delegated, alias].flatMap(({ sent }) => sent)).toEqual([]);
  });

  it('with 503 when it cannot be written down, and then it does not count', async () => {
    let broken = false;
    const gate = await pending({
      record: async () => {
        if (broken) throw new Error('disk full');
      },
    });
    broken = true;
    expect(await gate.answer()).toEqual([503, { error: 'unavailable' }]);
    expect((await gate.gate.find(gate.notice.id))?.state).toBe('pending');
  });

  it('whatever its headers and bytes are, unless they are signed', async () => {
    const gate = await pending();
    const right = signed(gate.notice);
    await fc.assert(
      fc.asyncProperty(
        fc.record({ id: fc.stringMatching(/^[!-~]{0,40}$/), time: fc.stringMatching(/^[!-~]{0,12}$/) }),
        fc.array(fc.stringMatching(/^v1a?,[A-Za-z0-9+/]{4,88}={0,2}$/), { maxLength: 3 }),
        fc.oneof(fc.constant(right.body), fc.json(), fc.string()),
        async ({ id, time }, signatures, body) => {
          const headers = {
            'content-type': 'application/json',
            'webhook-id': id,
            'webhook-timestamp': time,
            'webhook-signature': signatures.join(' '),
          };
          expect(await gate.send({ headers, body })).toEqual([401, { error: 'unauthorized' }]);
        },
      ),
      { numRuns: 100 },
    );
  });

  it('and only so many of unknown origin are written down', async () => {
    const gate = await pending();
    const message = { headers: { 'content-type': 'application/json' }, body: '{}' };
    for (let index = 0; index < 200; index += 1) await gate.send(message);
    expect(refusals(gate).length).toBeLessThanOrEqual(120);
    expect(refusals(gate).length).toBeGreaterThanOrEqual(60);
  });
});

describe('symmetric callbacks', () => {
  const shared = [
    { id: 'ana@acme.io', keys: [secret] },
    { id: 'ben@acme.io', keys: [ben.publicKey] },
  ];

  it('take a person’s shared secret only when they are asked for', async () => {
    const gate = await pending({ people: shared, callback: 'symmetric' });
    expect(await gate.answer({ privateKey: secret })).toEqual([
      200,
      { id: gate.notice.id, state: 'approved', duplicate: false },
    ]);
    expect(() => openGate({ people: shared })).toThrow(/shared secret/);
  });
});

describe('people', () => {
  it('have keys and ids of their own, and are no service accounts', () => {
    const keys = [ana.publicKey];
    expect(() =>
      openGate({
        people: [
          { id: 'a', keys },
          { id: 'b', keys },
        ],
      }),
    ).toThrow(/share the same key/);
    expect(() =>
      openGate({
        people: [
          { id: 'a', keys: [] },
          { id: 'A', keys: [] },
        ],
      }),
    ).toThrow(/share the same id/);
    expect(() => openGate({ people: [{ id: 'bot@p.iam.gserviceaccount.com', keys }] })).toThrow(
      /only people/,
    );
  });
});

describe('the whole request', () => {
  it('can be read by whoever may decide on it, by a signed question', async () => {
    const gate = await pending();
    const { id } = gate.notice;
    expect(await gate.send(signRead({ privateKey: ana.privateKey, id }))).toEqual([
      200,
      { id, state: 'pending', request: gate.notice },
    ]);
    expect(await gate.send(signRead({ privateKey: stranger.privateKey, id }))).toEqual([
      403,
      { error: 'not_entitled' },
    ]);
  });
});

describe('by signed messages people', () => {
  it('are told what there is for them to decide, and nothing of the rest', async () => {
    const gate = await pending({ onPending: 'throw' });
    await gate.running;
    const { id, requestHash, requestedAt, expiresAt } = gate.notice;
    const listed = {
      id,
      requestHash,
      state: 'pending',
      requestedAt,
      expiresAt,
      what: 'jobs.query',
      principal: 'agent-a',
      needed: 1,
      approvers: ['ana@acme.io', 'ben@acme.io'],
    };
    expect(await gate.send(signList({ privateKey: ana.privateKey }))).toEqual([
      200,
      { requests: [listed], more: false },
    ]);
    expect(await gate.send(signList({ privateKey: stranger.privateKey }))).toEqual([
      200,
      { requests: [], more: false },
    ]);
  });

  it('take back what is pending or approved, with a reason, if they could decide on it', async () => {
    const gate = await pending({ onPending: 'throw' });
    await gate.running;
    const { id } = gate.notice;
    const reason = 'the wrong table';
    const revoke = (privateKey: string, changes: object = {}): SignedRequest =>
      signRevoke({ privateKey, id, reason, ...changes });
    await gate.answer();
    expect([
      await gate.send(revoke(stranger.privateKey)),
      await gate.send(revoke(ana.privateKey, { reason: ' ' })),
      await gate.send(revoke(ana.privateKey, { id: 'unknown' })),
      await gate.send(revoke(ben.privateKey)),
      await gate.send(revoke(ben.privateKey)),
    ]).toEqual([
      [403, { error: 'not_entitled' }],
      [400, { error: 'malformed' }],
      [404, { error: 'unknown_request' }],
      [200, { id, state: 'revoked', withdrawn: true }],
      [409, { id, state: 'revoked', withdrawn: false }],
    ]);
    expect(gate.events.find(({ type }) => type === 'approval.withdrawn')?.data).toMatchObject({
      state: 'revoked',
      by: 'ben@acme.io',
      reason,
    });
  });
});

describe('the listener', () => {
  it('serves the handler over HTTP and outlives bodies that are too long', async () => {
    const gate = await pending();
    stopping.push(gate);
    const { url } = await gate.gate.listen(0);
    const huge = { ...signed(gate.notice), body: 'x'.repeat(10_000_000) };
    // The server may hang up before it has taken all of it.
    const status = await fetch(url, huge).then(
      (response) => response.status,
      () => 413,
    );
    expect(status).toBe(413);
    expect((await fetch(url)).status).toBe(405);
    const altered = { ...signed(gate.notice), body: '{}' };
    expect((await fetch(url, altered)).status).toBe(401);
    const approved = await fetch(url, signed(gate.notice));
    expect([approved.status, await approved.json()]).toEqual([
      200,
      { id: gate.notice.id, state: 'approved', duplicate: false },
    ]);
    expect(await gate.running).toBeUndefined();
  });

  it('refuses headers that come twice', async () => {
    const gate = await pending();
    stopping.push(gate);
    const { port } = await gate.gate.listen(0);
    const { headers, body } = signed(gate.notice);
    const doubled = { ...headers, 'webhook-id': [headers['webhook-id'], headers['webhook-id']] };
    const status = await new Promise((resolve) => {
      const sending = request({ port, host: '127.0.0.1', method: 'POST', headers: doubled }, (response) => {
        response.resume();
        resolve(response.statusCode);
      });
      sending.end(body);
    });
    expect(status).toBe(401);
  });
});

/** Two people's signatures over one message. */
function bothSign(notice: ApprovalNotice): SignedRequest {
  const options = { messageId: 'msg_both', now: new Date() };
  const first = signed(notice, options);
  const second = signed(notice, { ...options, privateKey: ben.privateKey });
  const signature = `${first.headers['webhook-signature']} ${second.headers['webhook-signature']}`;
  return { ...first, headers: { ...first.headers, 'webhook-signature': signature } };
}

/** Any bytes, signed by Ana. */
function signRaw(body: string): SignedRequest {
  const timestamp = Math.floor(Date.now() / 1000);
  const message = { id: `msg_${Math.random().toString(36).slice(2)}`, timestamp, body: Buffer.from(body) };
  const headers = signatureHeaders(message, [readSigningKey(ana.privateKey)]);
  return { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body };
}
