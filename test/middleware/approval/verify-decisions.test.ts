import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';
import { compose } from '../../../src/call/compose.ts';
import { audit, memoryStore, type AuditEvent } from '../../../src/middleware/audit/index.ts';
import { signDecision, verifyDecisions, type Person } from '../../../src/middleware/approval/index.ts';
import { ana, answer, ben, openGate, people, secret, someCall, someContext, toRequest } from './harness.ts';

const pair = await generateKeyPair('ES256', { extractable: true });
const tokens = [
  { issuer: 'https://login.acme.io', audience: 'guard', keys: { keys: [await exportJWK(pair.publicKey)] } },
];

type Say = (request: { readonly id: string; readonly requestHash: string }) => Promise<Request>;

const signed: Say = async ({ id, requestHash }) =>
  toRequest(
    signDecision({ privateKey: ana.privateKey, id, requestHash, verdict: 'approve', comment: 'fine' }),
  );

const byToken: Say = async ({ id, requestHash }) => {
  const approval = { type: 'approval.decision', id, requestHash, verdict: 'approve' };
  const token = await new SignJWT({ sub: 'ana@acme.io', approval })
    .setProtectedHeader({ alg: 'ES256' })
    .setIssuer('https://login.acme.io')
    .setAudience('guard')
    .setIssuedAt()
    .setExpirationTime('2m')
    .setJti('one')
    .sign(pair.privateKey);
  return new Request('http://guard.test/', {
    method: 'POST',
    headers: { 'content-type': 'application/jwt' },
    body: token,
  });
};

const symmetric: Say = async ({ id, requestHash }) =>
  toRequest(signDecision({ privateKey: secret, id, requestHash, verdict: 'approve' }));

/** The record of one call that somebody approved. */
async function recordOf(
  say: Say,
  changes: Parameters<typeof openGate>[0] = {},
): Promise<readonly AuditEvent[]> {
  const store = memoryStore();
  const opened = openGate({ tokens, ...changes });
  const told = opened.box.next();
  const running = compose([audit({ store }), opened.gate], async () => answer)(someCall(), someContext());
  const request = await told;
  // One vote is one event, unless another change of the request comes between.
  while ((await opened.gate.find(request.id))?.toldAt === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  await opened.gate.handler(await say(request));
  await running;
  return store.events();
}

type Decided = Extract<AuditEvent, { type: 'approval.decided' }>;

function altered(events: readonly AuditEvent[], alter: (event: Decided) => Partial<Decided>): AuditEvent[] {
  return events.map((event) => (event.type === 'approval.decided' ? { ...event, ...alter(event) } : event));
}

const proofOf = ({ data }: Decided): NonNullable<Decided['data']['proof']> => data.proof ?? { kind: '' };

describe('the decisions of a record', () => {
  it('are proved again by the keys of the people', async () => {
    const events = await recordOf(signed);
    expect(await verifyDecisions(events, { people })).toEqual({
      ok: true,
      decisions: 1,
      proved: 1,
      signed: 0,
      vouched: 0,
      problems: [],
    });
    expect(await verifyDecisions(events)).toMatchObject({ ok: true, proved: 0, signed: 1 });
  });

  it('are proved again by the key of the issuer of a token, also when it has changed since', async () => {
    const events = await recordOf(byToken);
    expect(await verifyDecisions(events, { people, issuers: ['https://login.acme.io'] })).toMatchObject({
      ok: true,
      proved: 1,
    });
    expect(await verifyDecisions(events)).toMatchObject({ ok: true, signed: 1 });
    expect(await verifyDecisions(events, { issuers: ['https://login.other.io'] })).toMatchObject({
      ok: false,
      problems: [{ kind: 'unknown_key' }],
    });
  });

  it('that rest on a shared secret or on the word of a channel are counted apart', async () => {
    const shared: Person[] = [
      { id: 'ana@acme.io', keys: [secret] },
      { id: 'ben@acme.io', keys: [ben.publicKey] },
    ];
    const events = await recordOf(symmetric, { people: shared, callback: 'symmetric' });
    expect(await verifyDecisions(events)).toMatchObject({ ok: true, vouched: 1 });
    expect(await verifyDecisions(events, { people: shared })).toMatchObject({
      ok: true,
      vouched: 1,
      proved: 0,
    });
    const channel = altered(events, ({ data }) => ({
      data: { ...data, proof: { kind: 'channel', channel: 'slack' } },
    }));
    expect(await verifyDecisions(channel)).toMatchObject({ ok: true, vouched: 1 });
  });

  it('are a problem when they are forged: another person, verdict, request, comment, time or signature', async () => {
    const events = await recordOf(signed);
    const withData = (data: Partial<Decided['data']>): AuditEvent[] =>
      altered(events, (event) => ({ data: { ...event.data, ...data } }));
    const withProof = (proof: Record<string, string | number>): AuditEvent[] =>
      altered(events, (event) => ({ data: { ...event.data, proof: { ...proofOf(event), ...proof } } }));
    const forged: Readonly<Record<string, AuditEvent[]>> = {
      person: withData({ person: 'ben@acme.io' }),
      stranger: withData({ person: 'nobody@acme.io' }),
      verdict: withData({ verdict: 'reject' }),
      approval: withData({ approval: 'another' }),
      requestHash: withData({ requestHash: 'b'.repeat(64) }),
      comment: withData({ comment: 'very fine' }),
      emergency: withData({ breakGlass: true }),
      edit: withData({ editedSql: 'SELECT 1' }),
      grant: withData({ grant: { scope: 'shape', uses: 9 } }),
      body: withProof({ body: '{}' }),
      timestamp: withProof({ timestamp: 1 }),
      signature: withProof({ signature: 'v1a,AAAA' }),
      key: withProof({ key: 'c'.repeat(64) }),
      time: altered(events, () => ({ time: '2020-01-01T00:00:00.000Z' })),
      'no proof': altered(events, ({ data: { proof: _proof, ...data } }) => ({ data })),
    };
    const kinds: Record<string, string[]> = {};
    for (const [name, each] of Object.entries(forged)) {
      kinds[name] = (await verifyDecisions(each, { people })).problems.map(({ kind }) => kind);
    }
    expect(kinds).toEqual({
      person: ['unknown_key'],
      stranger: ['unknown_key'],
      verdict: ['other_content'],
      approval: ['other_content'],
      requestHash: ['other_content'],
      comment: ['other_content'],
      emergency: ['other_content'],
      edit: ['other_content'],
      grant: ['other_content'],
      body: ['unsigned'],
      timestamp: ['unsigned'],
      signature: ['unsigned'],
      key: ['unknown_key'],
      time: ['late'],
      'no proof': ['unsigned'],
    });
  });

  it('are a problem when a token of them is forged', async () => {
    const events = await recordOf(byToken);
    const withProof = (proof: Record<string, string>): AuditEvent[] =>
      altered(events, (event) => ({ data: { ...event.data, proof: { ...proofOf(event), ...proof } } }));
    const other = await exportJWK((await generateKeyPair('ES256', { extractable: true })).publicKey);
    const forged = [
      altered(events, ({ data }) => ({ data: { ...data, verdict: 'reject' } })),
      altered(events, ({ data }) => ({ data: { ...data, person: 'ben@acme.io' } })),
      altered(events, () => ({ time: '2020-01-01T00:00:00.000Z' })),
      withProof({ issuer: 'https://login.other.io' }),
      withProof({ publicKey: JSON.stringify(other) }),
      withProof({ body: 'x.y.z' }),
    ];
    const found = await Promise.all(
      forged.map(async (each) => (await verifyDecisions(each, { people })).problems),
    );
    expect(found.map(([problem]) => problem?.kind)).toEqual([
      'other_content',
      'unknown_key',
      'late',
      'other_content',
      'unknown_key',
      'unsigned',
    ]);
  });
});
