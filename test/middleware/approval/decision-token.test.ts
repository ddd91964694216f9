import { once } from 'node:events';
import { createServer } from 'node:http';
import { exportJWK, generateKeyPair, SignJWT, type JWTPayload } from 'jose';
import { afterEach, describe, expect, it } from 'vitest';
import type { ApprovalNotice, TokenIssuer } from '../../../src/middleware/approval/index.ts';
import { failure, openGate, someCall, someContext, type Gate } from './harness.ts';

const ours = await generateKeyPair('ES256', { extractable: true });
const theirs = await generateKeyPair('ES256', { extractable: true });
const jwk = { ...(await exportJWK(ours.publicKey)), kid: 'one', alg: 'ES256' };

const issuer: TokenIssuer = {
  issuer: 'https://login.acme.io',
  audience: 'bigquery-guard',
  keys: { keys: [jwk] },
};

interface Pending extends Gate {
  readonly notice: ApprovalNotice;
  readonly running: Promise<unknown>;
}

const open: Gate[] = [];
const closing: (() => void)[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async ({ gate }) => gate.close()));
  for (const close of closing.splice(0)) close();
});

async function pending(options: Parameters<typeof openGate>[0] = {}): Promise<Pending> {
  const gate = openGate({ tokens: [issuer], ...options });
  open.push(gate);
  const told = gate.box.next();
  const running = failure(gate.run(someCall(), someContext()));
  return { ...gate, notice: await told, running };
}

const seconds = (): number => Math.floor(Date.now() / 1000);

function claims({ id, requestHash }: ApprovalNotice, changes: JWTPayload = {}): JWTPayload {
  return {
    iss: issuer.issuer,
    aud: issuer.audience,
    sub: 'ana@acme.io',
    iat: seconds(),
    exp: seconds() + 120,
    jti: `t-${Math.random()}`,
    approval: { type: 'approval.decision', id, requestHash, verdict: 'approve' },
    ...changes,
  };
}

async function sign(
  payload: JWTPayload,
  header: { readonly alg?: string; readonly kid?: string } = {},
  key: Parameters<SignJWT['sign']>[0] = ours.privateKey,
): Promise<string> {
  return new SignJWT(payload).setProtectedHeader({ alg: 'ES256', kid: 'one', ...header }).sign(key);
}

async function send({ gate }: Gate, token: string, type = 'application/jwt'): Promise<unknown> {
  const request = new Request('http://guard.test/', {
    method: 'POST',
    headers: { 'content-type': type },
    body: token,
  });
  const response = await gate.handler(request);
  return [response.status, await response.json()];
}

const unauthorized = [401, { error: 'unauthorized' }];

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

describe('a token', () => {
  it('decides for the person whom its issuer names, and is kept', async () => {
    const gate = await pending();
    const token = await sign(claims(gate.notice, { jti: 'one' }));
    expect(await send(gate, token)).toEqual([
      200,
      { id: gate.notice.id, state: 'approved', duplicate: false },
    ]);
    expect(await gate.running).toBeUndefined();
    const decided = gate.events.find(({ type }) => type === 'approval.decided');
    expect(decided?.data).toMatchObject({
      person: 'ana@acme.io',
      verdict: 'approve',
      proof: {
        kind: 'token',
        messageId: 'one',
        issuer: issuer.issuer,
        key: expect.stringMatching(/^[\w-]{43}$/),
        publicKey: expect.stringContaining('"kty":"EC"'),
        body: token,
      },
    });
    expect(await send(gate, token)).toEqual([
      200,
      { id: gate.notice.id, state: 'consumed', duplicate: true },
    ]);
    expect(gate.sent).toHaveLength(1);
  });

  it('may hold a comment, and a verdict against the call', async () => {
    const gate = await pending();
    const { id, requestHash } = gate.notice;
    const approval = { type: 'approval.decision', id, requestHash, verdict: 'reject', comment: 'not today' };
    await send(gate, await sign(claims(gate.notice, { approval })));
    expect(await gate.running).toMatchObject({
      code: 'ERR_APPROVAL_REJECTED',
      message: expect.stringContaining('"not today"'),
    });
  });

  it('counts for nobody when it is altered, late, for others, or not signed by the issuer’s key', async () => {
    const gate = await pending();
    const { notice } = gate;
    const right = await sign(claims(notice));
    const [header = '', payload = '', signature = ''] = right.split('.');
    const publicAsSecret = new TextEncoder().encode(JSON.stringify(jwk));
    const without = (name: string): JWTPayload =>
      Object.fromEntries(Object.entries(claims(notice)).filter(([key]) => key !== name));
    const bad: Readonly<Record<string, string>> = {
      empty: '',
      'no token': 'x.y.z',
      'too long': `${header}.${payload}.${'A'.repeat(20_000)}`,
      'altered claims': `${header}.${encode(claims(notice, { sub: 'ben@acme.io' }))}.${signature}`,
      'altered signature': `${header}.${payload}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
      'a blank more': `${right} `,
      'no algorithm': `${encode({ alg: 'none' })}.${payload}.`,
      'public key as secret': await sign(claims(notice), { alg: 'HS256' }, publicAsSecret),
      'key of another tenant': await sign(claims(notice), {}, theirs.privateKey),
      'unknown key': await sign(claims(notice), { kid: 'two' }, theirs.privateKey),
      'own key in the header': await new SignJWT(claims(notice))
        .setProtectedHeader({ alg: 'ES256', jwk: await exportJWK(theirs.publicKey) })
        .sign(theirs.privateKey),
      'other issuer': await sign(claims(notice, { iss: 'https://login.evil.example' })),
      'other audience': await sign(claims(notice, { aud: 'another-guard' })),
      expired: await sign(claims(notice, { exp: seconds() - 61 })),
      'made long ago': await sign(claims(notice, { iat: seconds() - 301, exp: seconds() + 3600 })),
      'made in the future': await sign(claims(notice, { iat: seconds() + 62, exp: seconds() + 3600 })),
      'not yet good': await sign(claims(notice, { nbf: seconds() + 62 })),
      'no expiry': await sign(without('exp')),
      'no time': await sign(without('iat')),
      'no id': await sign(without('jti')),
      'no person': await sign(without('sub')),
      'no audience': await sign(without('aud')),
    };
    const answers: unknown[] = [];
    for (const [name, token] of Object.entries(bad)) answers.push([name, await send(gate, token)]);
    expect(answers).toEqual(Object.keys(bad).map((name) => [name, unauthorized]));
    expect((await gate.gate.find(notice.id))?.state).toBe('pending');
    expect(await send(gate, right)).toEqual([200, { id: notice.id, state: 'approved', duplicate: false }]);
  });

  it('is held to the same rules as a signature', async () => {
    const gate = await pending({ onPending: 'throw' });
    const { notice } = gate;
    const { id, requestHash } = notice;
    const approval = { type: 'approval.decision', id, requestHash, verdict: 'approve' };
    const named = { ...approval, approver: 'ben@acme.io' };
    const token = async (changes: JWTPayload): Promise<unknown> =>
      send(gate, await sign(claims(notice, changes)));
    expect([
      await token({ sub: 'outsider@acme.io' }),
      await token({ sub: 'agent-a' }),
      await token({ approval: named }),
      await token({ approval: undefined }),
      await token({ approval: { ...approval, requestHash: 'b'.repeat(64) } }),
      await token({ approval: { ...approval, id: 'other' } }),
      await token({ jti: 'same' }),
      await token({ jti: 'same', sub: 'ben@acme.io' }),
    ]).toEqual([
      [403, { error: 'not_entitled' }],
      [403, { error: 'self_approval' }],
      [400, { error: 'malformed' }],
      [400, { error: 'malformed' }],
      [409, { error: 'action_digest_mismatch' }],
      [404, { error: 'unknown_request' }],
      [200, { id, state: 'approved', duplicate: false }],
      [409, { error: 'replayed' }],
    ]);
  });

  it('names the person by another claim where that is said, by e-mail only when it is verified', async () => {
    const gate = await pending({ tokens: [{ ...issuer, claim: 'email' }] });
    const token = async (changes: JWTPayload): Promise<unknown> =>
      send(gate, await sign(claims(gate.notice, { sub: '42', email: 'ana@acme.io', ...changes })));
    expect([
      await token({}),
      await token({ email_verified: 'true' }),
      await token({ email_verified: false }),
      await token({ email_verified: true }),
    ]).toEqual([
      unauthorized,
      unauthorized,
      unauthorized,
      [200, { id: gate.notice.id, state: 'approved', duplicate: false }],
    ]);
  });

  it('is no type of decision where no issuer is named', async () => {
    const gate = await pending({ tokens: [] });
    expect(await send(gate, await sign(claims(gate.notice)))).toEqual([
      415,
      { error: 'unsupported_media_type' },
    ]);
    const doubled = await send(
      await pending(),
      await sign(claims(gate.notice)),
      'application/jwt, application/jwt',
    );
    expect(doubled).toEqual([415, { error: 'unsupported_media_type' }]);
  });
});

async function keyServer(
  answer: () => { status: number; body: string },
): Promise<{ url: string; asked: number[] }> {
  const asked: number[] = [];
  const server = createServer((_request, response) => {
    asked.push(1);
    const { status, body } = answer();
    response.writeHead(status, { location: 'http://169.254.169.254/' }).end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closing.push(() => server.close());
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/jwks`, asked };
}

describe('the keys of an issuer', () => {
  it('come from its address, once for many tokens', async () => {
    const { url, asked } = await keyServer(() => ({ status: 200, body: JSON.stringify({ keys: [jwk] }) }));
    const tokens = [{ ...issuer, keys: url, allowInsecureLoopback: true }];
    const gate = await pending({ onPending: 'throw', tokens });
    const { id } = gate.notice;
    const sent = [await sign(claims(gate.notice)), await sign(claims(gate.notice)), 'x.y.z'];
    const answers = [];
    for (const token of sent) answers.push(await send(gate, token));
    expect(answers).toEqual([
      [200, { id, state: 'approved', duplicate: false }],
      [200, { id, state: 'approved', duplicate: true }],
      unauthorized,
    ]);
    expect(asked).toHaveLength(1);
  });

  it('that cannot be had decide nothing: the answer is 503, and a redirect is not followed', async () => {
    const bad = [
      { status: 500, body: '' },
      { status: 302, body: '' },
      { status: 200, body: 'no JSON' },
      { status: 200, body: '{"keys":7}' },
    ];
    const answers = await Promise.all(
      bad.map(async (answer) => {
        const { url } = await keyServer(() => answer);
        const gate = await pending({ tokens: [{ ...issuer, keys: url, allowInsecureLoopback: true }] });
        const told = await send(gate, await sign(claims(gate.notice)));
        return [told, (await gate.gate.find(gate.notice.id))?.state];
      }),
    );
    expect(answers).toEqual(bad.map(() => [[503, { error: 'unavailable' }], 'pending']));
  });

  it('are never fetched from inner networks, and never shared secrets', () => {
    const opening = (changes: Partial<TokenIssuer>) => (): unknown =>
      openGate({ tokens: [{ ...issuer, ...changes }] });
    expect(opening({ keys: 'http://login.acme.io/jwks' })).toThrow(/must begin with https:/);
    expect(opening({ keys: 'https://169.254.169.254/jwks' })).toThrow(/not a public address/);
    expect(opening({ audience: '' })).toThrow(/needs an issuer and an audience/);
    // As a file that nobody's compiler looks at would say it.
    const weak: TokenIssuer = JSON.parse(JSON.stringify({ ...issuer, algorithms: ['HS256'] }));
    expect(() => openGate({ tokens: [weak] })).toThrow(/may not be signed with HS256/);
  });
});
