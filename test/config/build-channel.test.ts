import { describe, expect, it } from 'vitest';
import { buildChannel } from '../../src/config/build-channel.ts';
import { decisionSources } from '../../src/config/decision-sources.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import type { ApprovalChannel, ChannelWay } from '../../src/middleware/approval/index.ts';
import { botToken, fakeSlack, signingSecret } from '../middleware/approval/channels/fake-slack.ts';
import { receiver } from '../middleware/approval/harness.ts';
import { someRecord } from '../middleware/approval/some-record.ts';

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const other = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

const environment = {
  HOOK: secret,
  OLD_HOOK: other,
  SLACK_TOKEN: botToken,
  SLACK_SECRET: signingSecret,
  TEAMS_URL: 'https://prod.workflows.example/invoke?sig=secret',
  SMTP: 'smtps://guard:password@mail.acme.io',
};

function fileOf(channels: string, approval = 'callback: { url: https://guard.acme.io/approvals }'): string {
  return `version: 1
project: acme
people:
  owners: { members: [{ id: ana@acme.io }, { id: ben@acme.io }] }
channels:
${channels}
approval: { ${approval} }
audit: { folder: ./audit }
`;
}

function built(channels: string, values: Readonly<Record<string, string>> = environment): ApprovalChannel[] {
  const { file } = parseConfig(fileOf(channels));
  return Object.entries(file.channels).map(([name, settings]) => buildChannel(name, settings, file, values));
}

function faultOf(channels: string, approval?: string): string {
  try {
    parseConfig(fileOf(channels, approval));
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const way: ChannelWay = {
  signal: AbortSignal.timeout(5000),
  attemptFailed: () => undefined,
  decide: async () => ({ kind: 'refused', reason: 'not_entitled', record: undefined }),
};

const { notice } = someRecord();

describe('the channels of guard.yaml', () => {
  it('are of four kinds, each with the people whom it tells', () => {
    const channels = built(`
  hooks: { webhook: https://hooks.acme.io/approvals, secretFromEnv: [HOOK, OLD_HOOK], notify: [owners] }
  chat: { slack: C0123456789, tokenFromEnv: SLACK_TOKEN, signingSecretFromEnv: SLACK_SECRET, members: { U0123: ana@acme.io } }
  room: { teams: 'https://guard.acme.io/decide/{id}', urlFromEnv: TEAMS_URL }
  post: { mail: guard@acme.io, to: { ana@acme.io: ana@acme.io, eve@acme.io: eve@acme.io }, smtpFromEnv: SMTP, secretFromEnv: HOOK, notify: [owners] }`);
    expect(channels.map(({ name, people }) => [name, people])).toEqual([
      ['hooks', ['ana@acme.io', 'ben@acme.io']],
      ['chat', undefined],
      ['room', undefined],
      ['post', ['ana@acme.io']],
    ]);
  });

  it('keep what they can do when they tell certain people only', async () => {
    const hook = await receiver((response) => response.writeHead(204).end());
    const server = await fakeSlack();
    const [hooks, chat] = built(`
  hooks: { webhook: '${hook.url}', secretFromEnv: [HOOK, OLD_HOOK], notify: [owners], allowInsecureLoopback: true }
  chat: { slack: C0123456789, tokenFromEnv: SLACK_TOKEN, signingSecretFromEnv: SLACK_SECRET, members: {}, apiUrl: '${server.url}', notify: [owners], allowInsecureLoopback: true }`);
    await hooks?.notify(notice, way);
    await chat?.notify(notice, way);
    const signature = String(hook.requests[0]?.headers['webhook-signature']);
    expect(signature.split(' ')).toHaveLength(2);
    expect(JSON.parse(hook.requests[0]?.body ?? '')).toMatchObject({
      data: { callback: { url: 'https://guard.acme.io/approvals' } },
    });
    expect(server.calls.map(({ method, body }) => [method, body['channel']])).toEqual([
      ['chat.postMessage', 'C0123456789'],
    ]);
    expect(await chat?.ping?.(AbortSignal.timeout(2000))).toEqual({ ok: true, detail: 'signed in as guard' });
    const answer = await chat?.receive?.(new Request('http://guard.test/chat', { method: 'GET' }), {
      now: new Date(),
      find: async () => undefined,
      decide: async () => ({ kind: 'refused', reason: 'not_entitled', record: undefined }),
      turnAway: async () => undefined,
    });
    expect(answer?.status).toBe(405);
    server.close();
    await hook.close();
  });

  it('are refused with the place of what is wrong', () => {
    expect([
      faultOf('  a: { webhook: https://hooks.acme.io, secretFromEnv: HOOK, colour: red }'),
      faultOf('  a: { slack: general, tokenFromEnv: T, signingSecretFromEnv: S, members: {} }'),
      faultOf('  a: { teams: https://guard.acme.io/decide, urlFromEnv: T }'),
      faultOf('  a: { pigeon: x }'),
      faultOf(
        '  a: { mail: g@acme.io, to: { a: a@acme.io }, smtpFromEnv: S, secretFromEnv: H }',
        'waitFor: 1m',
      ),
    ]).toEqual([
      expect.stringContaining('guard.yaml:6:69 channels.a Unrecognized key: "colour"'),
      expect.stringContaining('the id of a channel of Slack'),
      expect.stringContaining('an address that holds {id}'),
      expect.stringContaining('channels.a.webhook Invalid input'),
      expect.stringContaining(
        'links in mails lead to the callback, and there is none. Add approval.callback.url',
      ),
    ]);
  });

  it('are refused without their secrets, which are not shown', () => {
    const channels = '  a: { webhook: https://hooks.acme.io, secretFromEnv: HOOK }';
    expect(() => built(channels, {})).toThrow(
      'The environment variable HOOK, which channels.a.secretFromEnv names, is not set.',
    );
    expect(() => built(channels, { HOOK: 'not-a-secret-at-all' })).toThrow(/^(?!.*not-a-secret)/);
  });
});

describe('where decisions come from', () => {
  it('may be tokens of issuers and a mailbox', () => {
    const { file } = parseConfig(
      fileOf(
        '  a: { webhook: https://hooks.acme.io, secretFromEnv: HOOK }',
        `tokens: [{ issuer: https://login.acme.io, audience: guard, keys: https://login.acme.io/jwks, claim: email }], poll: { url: https://mailbox.acme.io, secretFromEnv: HOOK, interval: 10s }`,
      ),
    );
    const open = { allowPrivateAddresses: false, allowInsecureLoopback: false };
    expect(decisionSources(file, environment)).toEqual({
      tokens: [
        {
          issuer: 'https://login.acme.io',
          audience: 'guard',
          keys: 'https://login.acme.io/jwks',
          claim: 'email',
          ...open,
        },
      ],
      poll: { url: 'https://mailbox.acme.io', secrets: [secret], interval: 10_000, ...open },
    });
  });
});
