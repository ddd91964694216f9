import fc from 'fast-check';
import { afterEach, describe, expect, it } from 'vitest';
import { slack, type SlackOptions } from '../../../../src/middleware/approval/index.ts';
import { verifySlack } from '../../../../src/middleware/approval/channels/slack-signature.ts';
import { asks, failure, openGate, someCall, someContext, type Gate } from '../harness.ts';
import {
  botToken,
  fakeSlack,
  interaction,
  pressed,
  signedBySlack,
  signingSecret,
  submitted,
  type FakeSlack,
  type SlackElement,
} from './fake-slack.ts';

interface Asked extends Gate {
  readonly slack: FakeSlack;
  readonly running: Promise<unknown>;
  readonly id: string;
  readonly approve: SlackElement;
  readonly reject: SlackElement;
  send(request: Request): Promise<unknown>;
}

const open: Asked[] = [];
afterEach(async () => {
  for (const { gate, slack: server } of open.splice(0)) {
    await gate.close();
    server.close();
  }
});

/** A call that waits for somebody in Slack. */
async function asked(
  changes: Partial<SlackOptions> = {},
  gateOptions: Parameters<typeof openGate>[0] = {},
  sql?: string,
  decision: typeof asks = asks,
): Promise<Asked> {
  const server = await fakeSlack();
  const channel = slack({
    token: botToken,
    channel: 'C1',
    signingSecrets: [signingSecret],
    people: { U_ANA: 'ana@acme.io', U_BEN: 'ben@acme.io', U_OUT: 'outsider@acme.io' },
    apiUrl: server.url,
    allowInsecureLoopback: true,
    schedule: [5],
    ...changes,
  });
  const opened = openGate({ channels: [channel], ...gateOptions });
  const running = failure(opened.run(someCall(sql), someContext({ decision })));
  for (let turn = 0; turn < 500 && opened.gate.deliveries().length === 0; turn += 1) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  const buttons = server.calls.at(-1)?.body.blocks?.at(-1)?.elements ?? [];
  const button = (name: string): SlackElement =>
    buttons.find(({ action_id: action }) => action === name) ?? {};
  const result: Asked = {
    ...opened,
    slack: server,
    running,
    id: opened.gate.deliveries()[0]?.approval ?? '',
    approve: button('approve'),
    reject: button('reject'),
    send: async (request) => {
      const response = await opened.gate.handler(request);
      return [response.status, await response.text()];
    },
  };
  open.push(result);
  return result;
}

const methods = ({ slack: { calls } }: Asked): string[] => calls.map(({ method }) => method);
const textOf = (call: FakeSlack['calls'][number] | undefined): string => JSON.stringify(call?.body);

describe('Slack', () => {
  it('shows the request with two buttons, and the statement where nothing of it becomes markup', async () => {
    const sql =
      'UPDATE shop.orders SET note = "<!channel> *hi* ``` <https://evil.example|ok> @here" WHERE id = 6';
    const { slack: server, approve, reject, id } = await asked({}, {}, sql);
    const [{ method, body } = { method: '', body: {} }] = server.calls;
    const blocks = body.blocks ?? [];
    expect([method, body['channel'], body['text']]).toEqual([
      'chat.postMessage',
      'C1',
      'Approval needed: jobs.query by agent-a',
    ]);
    expect(blocks.map(({ type }) => type)).toEqual(['header', 'rich_text', 'section', 'actions']);
    expect(JSON.stringify(blocks[1])).toContain(JSON.stringify(sql).slice(1, -1));
    expect(JSON.stringify(blocks)).not.toContain('mrkdwn');
    expect([approve.value, reject.value]).toEqual(
      Array(2).fill(expect.stringMatching(`^${id}\\.[0-9a-f]{64}$`)),
    );
  });

  it('lets the call run when somebody entitled presses Approve, and takes the buttons away', async () => {
    const gate = await asked();
    expect(await gate.send(pressed(gate.approve))).toEqual([200, '']);
    expect(await gate.running).toBeUndefined();
    expect(methods(gate).toSorted()).toEqual(['chat.postEphemeral', 'chat.postMessage', 'chat.update']);
    const update = gate.slack.calls.find(({ method }) => method === 'chat.update');
    expect([update?.body['ts'], textOf(update).includes('"actions"')]).toEqual(['1503435956.000247', false]);
    expect(textOf(update)).toContain('Approved\\napproved by ana@acme.io');
    const decided = gate.events.find(({ type }) => type === 'approval.decided');
    expect(decided?.data).toMatchObject({
      person: 'ana@acme.io',
      verdict: 'approve',
      proof: {
        kind: 'channel',
        channel: 'slack',
        user: 'U_ANA',
        team: 'T_ACME',
        signature: expect.stringMatching(/^v0=[\da-f]{64}$/),
        bodySha256: expect.stringMatching(/^[\da-f]{64}$/),
      },
    });
  });

  it('asks for a reason before it rejects, and the caller is told it', async () => {
    const gate = await asked();
    expect(await gate.send(pressed(gate.reject))).toEqual([200, '']);
    expect((await gate.gate.find(gate.id))?.state).toBe('pending');
    const modal = gate.slack.calls.at(-1);
    expect([modal?.method, modal?.body['trigger_id']]).toEqual([
      'views.open',
      '13345224609.738474920.8088930838d88f008e0',
    ]);
    const metadata = modal?.body.view?.private_metadata ?? '';
    expect(await gate.send(submitted(metadata, 'ask for less'))).toEqual([200, '']);
    expect(await gate.running).toMatchObject({
      code: 'ERR_APPROVAL_REJECTED',
      message: expect.stringContaining('"ask for less"'),
    });
    const update = gate.slack.calls.find(({ method }) => method === 'chat.update');
    expect(textOf(update)).toContain('rejected by ana@acme.io: ask for less');
  });

  it('asks for a reason before it approves too, where the rule wants one', async () => {
    const decision = { ...asks, approval: { ...asks.approval, comment: 'required' as const } };
    const gate = await asked({}, {}, undefined, decision);
    const [button] = gate.slack.calls[0]?.body.blocks?.at(-1)?.elements ?? [];
    expect(button?.action_id).toBe('approve-reasoned');
    await gate.send(pressed({ ...button, action_id: 'approve' }));
    expect(textOf(gate.slack.calls.at(-1))).toContain('That did not count: comment required.');
    await gate.send(pressed(button ?? {}));
    const metadata = gate.slack.calls.at(-1)?.body.view?.private_metadata ?? '';
    await gate.send(submitted(metadata, 'month end', {}, 'approve'));
    expect(await gate.running).toBeUndefined();
    expect((await gate.gate.find(gate.id))?.votes).toMatchObject([
      { verdict: 'approve', comment: 'month end' },
    ]);
  });

  it('takes the message back when the request ends in another way', async () => {
    const gate = await asked({}, { onPending: 'throw' });
    await gate.gate.withdraw(gate.id, 'ana@acme.io', 'not needed');
    for (let turn = 0; turn < 500 && methods(gate).length < 2; turn += 1) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(methods(gate)).toEqual(['chat.postMessage', 'chat.update']);
    expect(textOf(gate.slack.calls[1])).toContain('Cancelled');
    expect(await gate.send(pressed(gate.approve))).toEqual([200, '']);
    expect(textOf(gate.slack.calls.at(-1))).toContain('Cancelled');
  });

  it('counts nobody whom the rule does not name, nor members whom nobody has named', async () => {
    const gate = await asked();
    await gate.send(pressed(gate.approve, { user: 'U_OUT' }));
    await gate.send(pressed(gate.approve, { user: 'U_NOBODY' }));
    const refused = gate.events.flatMap((event) =>
      event.type === 'approval.refused' ? [[event.data.person, event.data.reason]] : [],
    );
    expect(refused).toEqual([
      ['outsider@acme.io', 'not_entitled'],
      ['slack:U_NOBODY', 'not_entitled'],
    ]);
    expect(gate.slack.calls.filter(({ method }) => method === 'chat.postEphemeral').map(textOf)).toEqual(
      Array(2).fill(expect.stringContaining('That did not count: not entitled.')),
    );
    expect((await gate.gate.find(gate.id))?.state).toBe('pending');
  });

  it('waits for as many people as the rule says, and says so', async () => {
    const decision = { ...asks, approval: { ...asks.approval, quorum: 2 } };
    const gate = await asked({}, {}, undefined, decision);
    await gate.send(pressed(gate.approve));
    expect(textOf(gate.slack.calls.at(-1))).toContain('Your approval counts; others have to agree.');
    await gate.send(pressed(gate.approve, { user: 'U_BEN' }));
    expect(await gate.running).toBeUndefined();
    expect(gate.sent).toHaveLength(1);
  });

  it('can be made to send people to a page of ours for approving', async () => {
    const gate = await asked({ stepUp: (id) => `https://guard.acme.io/decide/${id}` });
    const { value } = gate.reject;
    const link = gate.slack.calls[0]?.body.blocks?.at(-1)?.elements?.[0];
    expect([gate.approve, link?.url]).toEqual([{}, `https://guard.acme.io/decide/${gate.id}`]);
    expect(await gate.send(pressed({ action_id: 'open' }))).toEqual([200, '']);
    const forged = { action_id: 'approve', ...(value === undefined ? {} : { value }) };
    expect(await gate.send(pressed(forged))).toEqual([400, 'malformed']);
    expect((await gate.gate.find(gate.id))?.state).toBe('pending');
  });
});

describe('an interaction is turned away', () => {
  it('unless Slack signed it, just now, for this app, once', async () => {
    const gate = await asked({ team: 'T_ACME' });
    const now = Math.floor(Date.now() / 1000);
    const right = pressed(gate.approve);
    const unsigned = new Request(right.url, { method: 'POST', body: await right.clone().text() });
    const altered = new Request(right.url, {
      method: 'POST',
      headers: right.headers,
      body: (await right.clone().text()).replace('U_ANA', 'U_BEN'),
    });
    const doubled = new Request(right, { headers: [...right.headers, ['x-slack-signature', 'v0=00']] });
    const answers = [
      await gate.send(new Request(right.url)),
      await gate.send(unsigned),
      await gate.send(altered),
      await gate.send(doubled),
      await gate.send(pressed(gate.approve, { secret: 'the secret of another tenant' })),
      await gate.send(pressed(gate.approve, { at: now - 302 })),
      await gate.send(pressed(gate.approve, { at: now + 302 })),
      await gate.send(pressed(gate.approve, { team: 'T_OTHER' })),
      await gate.send(signedBySlack('payload=%7B')),
      await gate.send(signedBySlack('x'.repeat(70_000))),
      await gate.send(pressed({ action_id: 'approve', value: 'no request' })),
      await gate.send(interaction({ type: 'shortcut' })),
    ];
    expect(answers).toEqual([
      [405, 'Only POST.'],
      ...Array.from({ length: 7 }, () => [401, 'unauthorized']),
      [400, 'malformed'],
      [413, 'too_large'],
      [400, 'malformed'],
      [200, ''],
    ]);
    expect((await gate.gate.find(gate.id))?.state).toBe('pending');
    const again = pressed(gate.approve, { at: now - 1 });
    const copy = again.clone();
    expect([await gate.send(again), await gate.send(copy)]).toEqual([
      [200, ''],
      [409, 'replayed'],
    ]);
  });

  it('when it names another content than the one that was asked about', async () => {
    const gate = await asked();
    const value = `${gate.id}.${'b'.repeat(64)}`;
    await gate.send(pressed({ action_id: 'approve', value }));
    expect(textOf(gate.slack.calls.at(-1))).toContain('action digest mismatch');
    expect((await gate.gate.find(gate.id))?.state).toBe('pending');
  });

  it('whatever its bytes and signature are', () => {
    const now = new Date();
    const timestamp = String(Math.floor(now.getTime() / 1000));
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.stringMatching(/^v0=[\da-f]{64}$/), (body, signature) => {
        const headers = new Headers({
          'x-slack-request-timestamp': timestamp,
          'x-slack-signature': signature,
        });
        expect(verifySlack(headers, Buffer.from(body), [signingSecret], now).kind).toBe('refused');
      }),
    );
  });

  it('and the vector that Slack publishes is taken', () => {
    const body = [
      'token=xyzz0WbapA4vBCDEFasx0q6G',
      'team_id=T1DC2JH3J',
      'team_domain=testteamnow',
      'channel_id=G8PSS9T3V',
      'channel_name=foobar',
      'user_id=U2CERLKJA',
      'user_name=roadrunner',
      'command=%2Fwebhook-collect',
      'text=',
      'response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN',
      'trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    ].join('&');
    const headers = new Headers({
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    });
    const secrets = ['8f742231b10e8888abcd99yyyzzz85a5'];
    expect(verifySlack(headers, Buffer.from(body), secrets, new Date(1_531_420_618_000)).kind).toBe('signed');
  });
});

describe('the delivery to Slack', () => {
  it('waits as Slack asks, and tries again what passes by itself', async () => {
    const server = await fakeSlack();
    server.faults.push(
      { status: 429, body: {}, headers: { 'retry-after': '1' } },
      { status: 200, body: { ok: false, error: 'internal_error' } },
    );
    const channel = slack({
      token: botToken,
      channel: 'C1',
      signingSecrets: [signingSecret],
      people: {},
      apiUrl: server.url,
      allowInsecureLoopback: true,
      schedule: [5],
    });
    const gate = openGate({ channels: [channel], onPending: 'throw' });
    const start = performance.now();
    await failure(gate.run());
    expect(performance.now() - start).toBeGreaterThan(990);
    expect(gate.gate.deliveries().map(({ outcome, message }) => [outcome, message])).toEqual([
      ['failed', 'answered 429'],
      ['failed', 'answered internal_error'],
      ['delivered', undefined],
    ]);
    await gate.gate.close();
    server.close();
  });

  it('gives up what somebody has to mend, and says so', async () => {
    const server = await fakeSlack();
    const channel = slack({
      token: 'xoxb-wrong',
      channel: 'C1',
      signingSecrets: [signingSecret],
      people: {},
      apiUrl: server.url,
      allowInsecureLoopback: true,
    });
    const gate = openGate({ channels: [channel] });
    expect(await failure(gate.run())).toMatchObject({
      code: 'ERR_APPROVAL_EXPIRED',
      message: expect.stringContaining('Slack answered invalid_auth'),
    });
    expect(await channel.ping?.(AbortSignal.timeout(2000))).toEqual({
      ok: false,
      detail: 'answered invalid_auth',
    });
    server.close();
  });

  it('is refused at start with a secret or an address that cannot be right', () => {
    const options = { token: 'x', channel: 'C1', signingSecrets: ['short'], people: {} } as const;
    expect(() => slack(options)).toThrow(/at least 16 characters/);
    const inner = { ...options, signingSecrets: [signingSecret], apiUrl: 'https://10.0.0.1/' } as const;
    expect(() => slack(inner)).toThrow(/not a public address/);
  });
});
