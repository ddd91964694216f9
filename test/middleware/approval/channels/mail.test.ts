import { once } from 'node:events';
import { SMTPServer } from 'smtp-server';
import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { mail, type Mail, type MailOptions } from '../../../../src/middleware/approval/index.ts';
import {
  makeMailToken,
  readMailToken,
  type MailToken,
} from '../../../../src/middleware/approval/channels/mail-token.ts';
import { asks, failure, openGate, secret, someCall, someContext, type Gate } from '../harness.ts';

const bytes = Buffer.from(secret.slice('whsec_'.length), 'base64');

interface Asked extends Gate {
  readonly sentMails: Mail[];
  readonly running: Promise<unknown>;
  readonly id: string;
  link(person: string): string;
  open(link: string, init?: RequestInit): Promise<{ status: number; text: string; headers: Headers }>;
  press(link: string, form: Record<string, string> | string, changes?: RequestInit): Promise<number>;
}

const gates: Gate[] = [];
afterEach(async () => {
  await Promise.all(gates.splice(0).map(async ({ gate }) => gate.close()));
});

function box(changes: Partial<MailOptions> = {}): { channel: ReturnType<typeof mail>; sentMails: Mail[] } {
  const sentMails: Mail[] = [];
  const channel = mail({
    from: 'guard@acme.io',
    to: { 'ana@acme.io': 'ana@acme.io', 'ben@acme.io': 'ben.other@acme.io', 'eve@acme.io': 'eve@acme.io' },
    secrets: [secret],
    url: 'https://guard.acme.io/approvals/mail',
    send: async (message) => void sentMails.push(message),
    ...changes,
  });
  return { channel, sentMails };
}

async function asked(
  changes: Partial<MailOptions> = {},
  options: Parameters<typeof openGate>[0] = {},
  sql?: string,
  decision: typeof asks = asks,
): Promise<Asked> {
  const { channel, sentMails } = box(changes);
  const gate = openGate({ channels: [channel], ...options });
  gates.push(gate);
  const running = failure(gate.run(someCall(sql), someContext({ decision })));
  for (let turn = 0; turn < 500 && gate.gate.deliveries().length === 0; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  const open: Asked['open'] = async (link, init = {}) => {
    const response = await gate.gate.handler(new Request(link, init));
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return {
    ...gate,
    sentMails,
    running,
    id: gate.gate.deliveries()[0]?.approval ?? '',
    link: (person) => {
      const text = sentMails.find(({ to }) => to.startsWith(person))?.text ?? '';
      return /https:\S+/.exec(text)?.[0] ?? '';
    },
    open,
    press: async (link, form, init = {}) => {
      const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
      const headers = { 'content-type': 'application/x-www-form-urlencoded' };
      return (await open(link, { method: 'POST', headers, body, ...init })).status;
    },
  };
}

describe('a mail', () => {
  it('goes to each person who may decide, with a link of their own', async () => {
    const { sentMails, id } = await asked();
    expect(sentMails.map(({ from, to, subject }) => [from, to, subject])).toEqual([
      ['guard@acme.io', 'ana@acme.io', 'Approval needed: jobs.query by agent-a'],
      ['guard@acme.io', 'ben.other@acme.io', 'Approval needed: jobs.query by agent-a'],
    ]);
    expect(new Set(sentMails.map(({ messageId }) => messageId)).size).toBe(2);
    expect(sentMails[0]?.text).toContain('UPDATE shop.orders SET status = "paid" WHERE id = 6');
    expect(sentMails[0]?.text).toContain(`Request: ${id}`);
  });

  it('has a link that shows the request and decides nothing, however often and by whatever it is opened', async () => {
    const gate = await asked();
    const link = gate.link('ana');
    const pages = [await gate.open(link), await gate.open(link), await gate.open(link, { method: 'HEAD' })];
    expect(pages.map(({ status }) => status)).toEqual([200, 200, 200]);
    expect(pages[0]?.text).toContain(
      '<pre>UPDATE shop.orders SET status = &#34;paid&#34; WHERE id = 6</pre>',
    );
    expect(pages[0]?.text).toContain('You decide as ana@acme.io.');
    expect(Object.fromEntries(pages[0]?.headers ?? [])).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringContaining("default-src 'none'"),
      'x-frame-options': 'DENY',
    });
    expect((await gate.gate.find(gate.id))?.state).toBe('pending');
  });

  it('decides by the form of that page, for the person it went to', async () => {
    const gate = await asked();
    expect(await gate.press(gate.link('ana'), { verdict: 'approve', comment: 'fine' })).toBe(200);
    expect(await gate.running).toBeUndefined();
    const decided = gate.events.find(({ type }) => type === 'approval.decided');
    expect(decided?.data).toMatchObject({
      person: 'ana@acme.io',
      verdict: 'approve',
      comment: 'fine',
      proof: { kind: 'channel', channel: 'mail', link: expect.stringMatching(/^[\da-f]{64}$/) },
    });
    const after = await gate.open(gate.link('ben'));
    expect([
      after.status,
      after.text.includes('<form'),
      after.text.includes('approved by ana@acme.io: fine'),
    ]).toEqual([200, false, true]);
    expect(await gate.press(gate.link('ben'), { verdict: 'reject' })).toBe(410);
  });

  it('rejects with the comment', async () => {
    const gate = await asked();
    expect(await gate.press(gate.link('ben'), { verdict: 'reject', comment: 'no' })).toBe(200);
    expect(await gate.running).toMatchObject({
      code: 'ERR_APPROVAL_REJECTED',
      message: expect.stringContaining('ben@acme.io rejected the call: "no"'),
    });
  });

  it('shows nothing that its page would take for markup', async () => {
    const sql = 'SELECT "</pre><script>alert(1)</script><img src=x onerror=alert(1)>"';
    const gate = await asked({}, {}, sql);
    const { text } = await gate.open(gate.link('ana'));
    expect(text.includes('<script')).toBe(false);
    expect(text.includes('<img')).toBe(false);
  });

  it('is tried again until the server takes it', async () => {
    let attempts = 0;
    const gate = await asked({
      to: { 'ana@acme.io': 'ana@acme.io' },
      schedule: [5],
      send: async () => {
        attempts += 1;
        if (attempts < 3) throw Object.assign(new Error('secret host'), { code: 'ECONNREFUSED' });
      },
    });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(gate.gate.deliveries().map(({ outcome, message }) => [outcome, message])).toEqual([
      ['failed', 'took no mail (ECONNREFUSED)'],
      ['failed', 'took no mail (ECONNREFUSED)'],
      ['delivered', undefined],
    ]);
  });
});

describe('a link is turned away', () => {
  it('when it was altered, made by another, for another content, or comes with anything but the form', async () => {
    const gate = await asked({}, { onPending: 'throw' });
    const link = gate.link('ana');
    const approve = { verdict: 'approve' };
    const token = new URL(link).searchParams.get('token') ?? '';
    const inside = readMailToken(token, [bytes]) ?? { id: '', requestHash: '', person: '', expiresAt: 0 };
    const remade = (changes: Partial<MailToken>, key: Buffer = bytes): string => {
      const url = new URL(link);
      url.searchParams.set('token', makeMailToken({ ...inside, ...changes }, [key]));
      return url.href;
    };
    const json = { headers: { 'content-type': 'application/json' } };
    expect([
      await gate.press(link.replace('token=', 'other='), approve),
      await gate.press(`${link}x`, approve),
      await gate.press(`${link}&token=${token}`, approve),
      await gate.press(link.replace('token=e', 'token=f'), approve),
      await gate.press(remade({}, Buffer.alloc(32, 7)), approve),
      await gate.press(remade({ id: 'unknown' }), approve),
      await gate.press(remade({ requestHash: 'b'.repeat(64) }), approve),
      await gate.press(remade({ person: 'outsider@acme.io' }), approve),
      await gate.press(remade({ person: 'agent-a' }), approve),
      await gate.press(remade({ expiresAt: Date.now() }), approve),
      await gate.press(link, 'verdict=approve&verdict=reject'),
      await gate.press(link, { verdict: 'Approve' }),
      await gate.press(link, { verdict: 'approve', comment: 'x'.repeat(2001) }),
      await gate.press(link, `verdict=approve&comment=${'x'.repeat(70_000)}`),
      await gate.press(link, '{"verdict":"approve"}', json),
      (await gate.open(link, { method: 'DELETE' })).status,
    ]).toEqual([401, 401, 401, 401, 401, 404, 409, 409, 409, 410, 400, 400, 400, 413, 400, 405]);
    expect((await gate.gate.find(gate.id))?.state).toBe('pending');
    expect(await gate.press(link, approve)).toBe(200);
  });

  it('once the request has expired, also in the very millisecond', async () => {
    const clock = { now: new Date() };
    const gate = await asked({}, { onPending: 'throw', now: () => clock.now });
    clock.now = new Date((await gate.gate.find(gate.id))?.expiresAt ?? '');
    expect(await gate.press(gate.link('ana'), { verdict: 'approve' })).toBe(410);
  });

  it('whatever it is, unless we made it', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[\w-]{0,60}\.[\w-]{43}$/), (text) => {
        expect(readMailToken(text, [bytes])).toBeUndefined();
      }),
    );
  });

  it('but not while the secret is changed: links of the old one are still good', async () => {
    const token = { id: 'a', requestHash: 'b', person: 'c', expiresAt: 1 };
    const old = makeMailToken(token, [bytes]);
    expect(readMailToken(old, [Buffer.alloc(32, 7), bytes])).toEqual(token);
    expect(readMailToken(old, [Buffer.alloc(32, 7)])).toBeUndefined();
  });
});

describe('a mail by SMTP', () => {
  it('is sent with nodemailer to a server that asks for a password', async () => {
    const received: { from: string; to: string; content: string; user: string }[] = [];
    const server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      onAuth: ({ username, password }, _session, done) =>
        password === 'p@ss' ? done(null, { user: username ?? '' }) : done(new Error('no')),
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', () => {
          const { mailFrom, rcptTo } = session.envelope;
          received.push({
            from: mailFrom === false ? '' : mailFrom.address,
            to: rcptTo.map(({ address }) => address).join(),
            content: Buffer.concat(chunks).toString(),
            user: String(session.user),
          });
          done();
        });
      },
    });
    const listening = server.listen(0, '127.0.0.1');
    await once(listening, 'listening');
    const address = listening.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const to = { 'ana@acme.io': 'ana@acme.io' };
    const gate = await asked({ to, send: `smtp://guard:p%40ss@127.0.0.1:${port}` });
    for (let turn = 0; turn < 500 && gate.gate.deliveries().length === 0; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(received.map(({ from, to: recipient, user }) => [from, recipient, user])).toEqual([
      ['guard@acme.io', 'ana@acme.io', 'guard'],
    ]);
    const { content = '' } = received[0] ?? {};
    expect(content).toMatch(/^Subject: Approval needed: jobs\.query by agent-a\r$/m);
    expect(content).toMatch(/^Message-ID:\s+<[\w.-]+@bigquery-guard\.invalid>\r$/m);
    expect(content).toContain('https://guard.acme.io/approvals/mail?token=3D');
    server.close();
  });

  it('is refused at start when its settings cannot be right', () => {
    expect(() => box({ send: 'https://mail.acme.io' })).toThrow(/smtps:\/\/user:password@host/);
    expect(() => box({ url: 'http://guard.acme.io/mail' })).toThrow(/must begin with https:/);
    expect(() => box({ secrets: ['whsec_c2hvcnQ='] })).toThrow(/24 to 64 bytes/);
  });
});
