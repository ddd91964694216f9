import { createServer } from 'node:net';
import { once } from 'node:events';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import {
  webhook,
  type ApprovalNotice,
  type ChannelWay,
  type WebhookOptions,
} from '../../../src/middleware/approval/index.ts';
import { readVerifyingKey } from '../../../src/middleware/approval/keys.ts';
import { isSignedBy } from '../../../src/middleware/approval/signature.ts';
import { ana, failure, receiver, secret, type Receiver } from './harness.ts';
import { someRecord } from './some-record.ts';

const notice: ApprovalNotice = someRecord().notice;
const open: Receiver[] = [];

async function hook(respond: Parameters<typeof receiver>[0], host?: string): Promise<Receiver> {
  const server = await receiver(respond, host);
  open.push(server);
  return server;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map(async (server) => server.close()));
});

function way(signal: AbortSignal = AbortSignal.timeout(5000)): ChannelWay & { readonly failures: string[] } {
  const failures: string[] = [];
  return {
    signal,
    failures,
    attemptFailed: (message) => failures.push(message),
    decide: async () => ({ kind: 'refused', reason: 'not_entitled', record: undefined }),
  };
}

function local(url: string, changes: Partial<WebhookOptions> = {}): ReturnType<typeof webhook> {
  return webhook({ url, secrets: [secret], allowInsecureLoopback: true, schedule: [5], ...changes });
}

const toMetadata: WebhookOptions['resolve'] = async () => [{ address: '169.254.169.254', family: 4 }];

describe('the webhook', () => {
  it('sends one message, signed by every secret, that the standardwebhooks package accepts', async () => {
    const server = await hook((response) => response.writeHead(204).end());
    const rotating = local(server.url, {
      secrets: [secret, ana.privateKey],
      callbackUrl: 'https://guard.acme.io/cb',
    });
    await rotating.notify(notice, way());
    const [request] = server.requests;
    const { body = '', headers = {} } = request ?? {};
    expect(new Webhook(secret).verify(body, { ...webhookHeaders(headers) })).toEqual({
      type: 'approval.requested',
      timestamp: notice.requestedAt,
      data: { ...notice, callback: { url: 'https://guard.acme.io/cb', type: 'approval.decision' } },
    });
    const message = {
      id: `msg_${notice.id}`,
      timestamp: Number(headers['webhook-timestamp']),
      body: Buffer.from(body),
    };
    const signature = String(headers['webhook-signature']);
    expect(headers['webhook-id']).toBe(message.id);
    expect(isSignedBy(message, signature, readVerifyingKey(ana.publicKey))).toBe(true);
    expect(server.requests).toHaveLength(1);
    expect(headers['content-type']).toBe('application/json');
  });

  it('tries again under the same id until the receiver takes it', async () => {
    const server = await hook((response, attempt) => response.writeHead(attempt < 3 ? 503 : 200).end('ok'));
    const told = way();
    await local(server.url).notify(notice, told);
    expect(server.requests.map(({ headers }) => headers['webhook-id'])).toEqual(
      Array.from({ length: 3 }, () => `msg_${notice.id}`),
    );
    expect(told.failures).toEqual(['answered 503', 'answered 503']);
  });

  it('waits as long as Retry-After asks', async () => {
    const times: number[] = [];
    const server = await hook((response, attempt) => {
      times.push(performance.now());
      response.writeHead(attempt === 1 ? 429 : 200, { 'retry-after': '1' }).end();
    });
    await local(server.url).notify(notice, way());
    expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
  });

  it('is switched off for good by 410', async () => {
    const server = await hook((response) => response.writeHead(410).end());
    const channel = local(server.url);
    const errors = [
      await failure(channel.notify(notice, way())),
      await failure(channel.notify(notice, way())),
    ];
    expect(errors.map(String)).toEqual([
      'Error: The webhook answered 410 and is switched off.',
      'Error: The webhook answered 410 earlier and is switched off.',
    ]);
    expect(server.requests).toHaveLength(1);
  });

  it('is on again once a ping is taken, which is signed and holds a challenge', async () => {
    const server = await hook((response, attempt) => {
      if (attempt === 1) response.writeHead(410).end();
      else response.writeHead(200).end(server.requests.at(-1)?.body);
    });
    const channel = local(server.url);
    await failure(channel.notify(notice, way()));
    const signal = AbortSignal.timeout(5000);
    expect(await channel.ping?.(signal)).toEqual({
      ok: true,
      detail: 'answered 200 and repeated the challenge',
    });
    await channel.notify(notice, way());
    const [, ping, again] = server.requests;
    expect(new Webhook(secret).verify(ping?.body ?? '', webhookHeaders(ping?.headers ?? {}))).toEqual({
      type: 'approval.ping',
      timestamp: expect.stringMatching(/^\d{4}-/),
      data: { challenge: expect.stringMatching(/^[\da-f-]{36}$/) },
    });
    expect(again?.headers['webhook-id']).toBe(`msg_${notice.id}`);
  });

  it('says why a ping is not taken', async () => {
    const server = await hook((response) => response.writeHead(403).end());
    const pings = [
      local(server.url),
      webhook({ url: 'https://hooks.acme.io/', secrets: [secret], resolve: toMetadata }),
    ].map(async (channel) => channel.ping?.(AbortSignal.timeout(5000)));
    expect(await Promise.all(pings)).toEqual([
      { ok: false, detail: 'answered 403' },
      { ok: false, detail: 'host is not a public address' },
    ]);
  });

  it('keeps its message below 20 kB whatever the statement is, and says where the rest is', async () => {
    const server = await hook((response) => response.writeHead(204).end());
    const sql = `SELECT ${'é'.repeat(200_000)}`;
    const long = { ...notice, statement: { sql, sha256: 'a'.repeat(64), characters: sql.length } };
    await local(server.url, { link: (id) => `https://guard.acme.io/requests/${id}` }).notify(long, way());
    const body = server.requests[0]?.body ?? '';
    expect(Buffer.byteLength(body)).toBeLessThan(20_000);
    expect(JSON.parse(body)).toMatchObject({
      data: { link: `https://guard.acme.io/requests/${notice.id}`, omitted: ['statement.sql'] },
    });
  });

  it('waits between attempts as the schedule says, and up to half as long again', async () => {
    const times: number[] = [];
    const server = await hook((response, attempt) => {
      times.push(performance.now());
      response.writeHead(attempt < 4 ? 500 : 200).end();
    });
    await local(server.url, { schedule: [20, 100, 200] }).notify(notice, way());
    const pauses = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    const least = [20, 100, 200];
    expect(pauses.map((pause, index) => pause >= (least[index] ?? 0) - 2)).toEqual([true, true, true]);
    expect(pauses.map((pause, index) => pause <= (least[index] ?? 0) * 1.5 + 100)).toEqual([
      true,
      true,
      true,
    ]);
  });

  it('follows no redirect', async () => {
    const target = await hook((response) => response.writeHead(200).end());
    const server = await hook((response, attempt) => {
      if (attempt === 1) response.writeHead(307, { location: target.url }).end();
      else response.writeHead(200).end();
    });
    const told = way();
    await local(server.url).notify(notice, told);
    expect(told.failures).toEqual(['redirected (307)']);
    expect(target.requests).toEqual([]);
  });

  it('gives up an answer that is slow, too long, broken off or no HTTP, and tries again', async () => {
    const server = await hook((response, attempt) => {
      if (attempt === 1) return;
      if (attempt === 2) response.writeHead(200).end('x'.repeat(65 * 1024));
      else if (attempt === 3)
        response.writeHead(200, { 'content-length': '100' }).write('x', () => response.destroy());
      else if (attempt === 4) response.socket?.end('rubbish\r\n\r\n');
      else response.writeHead(200).end('\0 not JSON {{{');
    });
    const told = way();
    await local(server.url, { timeout: 150 }).notify(notice, told);
    expect(server.requests).toHaveLength(5);
    expect(told.failures).toEqual([
      expect.stringMatching(/^gave no proper answer \((TimeoutError|ABORT_ERR)\)$/),
      'gave no proper answer (Error)',
      'gave no proper answer (ECONNRESET)',
      'gave no proper answer (HPE_INVALID_CONSTANT)',
    ]);
  });

  it('tries until nobody waits any more when nothing listens', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    server.close();
    const told = way(AbortSignal.timeout(200));
    const error = await failure(local(`http://127.0.0.1:${port}/`).notify(notice, told));
    expect(error).toMatchObject({ name: 'AbortError' });
    expect(told.failures.length).toBeGreaterThan(1);
    expect(new Set(told.failures)).toEqual(new Set(['gave no proper answer (ECONNREFUSED)']));
  });
});

function refuses(url: string, options: Partial<WebhookOptions> = {}): unknown {
  try {
    webhook({ url, secrets: [secret], ...options });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : error;
  }
}

describe('the address of a webhook', () => {
  it('is refused at start when it is no https URL to a public host', () => {
    const urls = [
      'not a url',
      'http://hooks.acme.io/',
      'http://169.254.169.254/computeMetadata/v1/',
      'https://169.254.169.254/computeMetadata/v1/',
      'https://127.0.0.1/',
      'https://0177.0.0.1/',
      'https://2130706433/',
      'https://0x7f.1/',
      'https://10.0.0.5/',
      'https://192.168.1.1/',
      'https://100.64.0.1/',
      'https://0.0.0.0/',
      'https://[::1]/',
      'https://[fe80::1]/',
      'https://[fd00:ec2::254]/',
      'https://[::ffff:127.0.0.1]/',
      'https://[::ffff:8.8.8.8]/',
      'https://[64:ff9b::7f00:1]/',
      'https://[2002:7f00:1::]/',
      'https://[2001:db8::1]/',
      'https://user:password@hooks.acme.io/',
      'https://hooks.acme.io:22/',
      'gopher://127.0.0.1:9050/_GET',
      'file:///etc/passwd',
    ];
    expect(urls.filter((url) => refuses(url) === undefined)).toEqual([]);
    expect(urls.filter((url) => String(refuses(url)).includes('password@'))).toEqual([]);
  });

  it('may be a public host, and another port where that is said', () => {
    expect(refuses('https://hooks.acme.io/a?b=c')).toBeUndefined();
    expect(refuses('https://8.8.8.8/')).toBeUndefined();
    expect(refuses('https://hooks.acme.io:8443/', { ports: [8443] })).toBeUndefined();
  });

  it('opens loopback and private networks only by name of the option', () => {
    expect(refuses('http://127.0.0.1:8080/', { allowInsecureLoopback: true })).toBeUndefined();
    expect(refuses('http://hooks.acme.io/', { allowInsecureLoopback: true })).toMatch(
      /only for this machine/,
    );
    expect(refuses('https://10.0.0.5/', { allowInsecureLoopback: true })).toMatch(/not a public address/);
    expect(refuses('https://10.0.0.5/', { allowPrivateAddresses: true })).toBeUndefined();
    expect(refuses('https://[fd00:ec2::254]/', { allowPrivateAddresses: true })).toMatch(/not a public/);
    expect(refuses('https://169.254.169.254/', { allowPrivateAddresses: true })).toMatch(/not a public/);
  });

  it('is refused when one of the addresses that its name leads to is not public', async () => {
    const addresses = [
      '127.0.0.1',
      '169.254.169.254',
      '10.1.2.3',
      '::1',
      '::ffff:169.254.169.254',
      'fe80::1%eth0',
    ];
    const errors = await Promise.all(
      addresses.map(async (address) => {
        const resolve: WebhookOptions['resolve'] = async () => [
          { address: '8.8.8.8', family: 4 },
          { address, family: address.includes(':') ? 6 : 4 },
        ];
        return failure(
          webhook({ url: 'https://hooks.acme.io/', secrets: [secret], resolve }).notify(notice, way()),
        );
      }),
    );
    expect(errors).toEqual(
      addresses.map(() =>
        expect.objectContaining({
          code: 'ERR_CONFIG',
          message: 'The host of the webhook is not a public address; requests to it are refused.',
        }),
      ),
    );
  });

  it('is looked up anew for each attempt, and the connection goes to the address that was checked', async () => {
    const server = await hook((response) => response.writeHead(503).end(), '127.0.0.9');
    const port = new URL(server.url).port;
    let lookups = 0;
    const resolve: WebhookOptions['resolve'] = async () => {
      lookups += 1;
      return [{ address: lookups < 3 ? '127.0.0.9' : '10.0.0.5', family: 4 }];
    };
    // The name itself leads to 127.0.0.1, where nothing listens.
    const channel = webhook({
      url: `http://localhost:${port}/hook`,
      secrets: [secret],
      allowInsecureLoopback: true,
      schedule: [5],
      resolve,
    });
    expect(await failure(channel.notify(notice, way()))).toMatchObject({ code: 'ERR_CONFIG' });
    expect([lookups, server.requests.length]).toEqual([3, 2]);
  });
});

function webhookHeaders(headers: object): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      name.startsWith('webhook-') ? [[name, String(value)]] : [],
    ),
  );
}
