import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';

/** The Web API of Slack as far as an app that asks for approvals sees it, and the interactions that Slack sends. */
export interface FakeSlack {
  readonly url: string;
  readonly calls: { readonly method: string; readonly body: SlackBody }[];
  /** Answered in place of the next answers. */
  readonly faults: {
    readonly status: number;
    readonly body: object;
    readonly headers?: Record<string, string>;
  }[];
  close(): void;
}

export interface SlackBody {
  readonly [name: string]: unknown;
  readonly blocks?: readonly { readonly type: string; readonly elements?: readonly SlackElement[] }[];
  readonly view?: { readonly private_metadata: string };
}

export interface SlackElement {
  readonly action_id?: string;
  readonly value?: string;
  readonly url?: string;
}

export const botToken = 'xoxb-not-a-real-token';
export const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';

export async function fakeSlack(): Promise<FakeSlack> {
  const calls: FakeSlack['calls'] = [];
  const faults: FakeSlack['faults'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: SlackBody = JSON.parse(Buffer.concat(chunks).toString());
      const method = request.url?.replace('/api/', '') ?? '';
      calls.push({ method, body });
      const fault = faults.shift();
      if (fault !== undefined) {
        response.writeHead(fault.status, fault.headers).end(JSON.stringify(fault.body));
        return;
      }
      const known = request.headers.authorization === `Bearer ${botToken}`;
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(known ? answerTo(method, body) : { ok: false, error: 'invalid_auth' }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/api/`, calls, faults, close: () => server.close() };
}

function answerTo(method: string, body: SlackBody): object {
  if (method === 'chat.postMessage') return { ok: true, channel: body['channel'], ts: '1503435956.000247' };
  if (method === 'auth.test') return { ok: true, user: 'guard', team: 'Acme' };
  if (['chat.update', 'views.open', 'chat.postEphemeral'].includes(method)) return { ok: true };
  return { ok: false, error: 'unknown_method' };
}

export interface InteractionChanges {
  readonly at?: number;
  readonly secret?: string;
  readonly user?: string;
  readonly team?: string;
}

export function pressed(action: SlackElement, changes: InteractionChanges = {}): Request {
  return interaction(
    {
      type: 'block_actions',
      trigger_id: '13345224609.738474920.8088930838d88f008e0',
      container: { type: 'message', message_ts: '1503435956.000247', channel_id: 'C1' },
      channel: { id: 'C1', name: 'approvals' },
      actions: [{ type: 'button', block_id: 'decide', ...action }],
    },
    changes,
  );
}

export function submitted(
  metadata: string,
  reason: string,
  changes: InteractionChanges = {},
  verdict = 'reject',
): Request {
  const state = { values: { reason: { reason: { type: 'plain_text_input', value: reason } } } };
  const view = { type: 'modal', callback_id: verdict, private_metadata: metadata, state };
  return interaction({ type: 'view_submission', view }, changes);
}

/** Signed as Slack documents it; written here anew, not taken from what is tested. */
export function interaction(payload: object, changes: InteractionChanges = {}): Request {
  const { user = 'U_ANA', team = 'T_ACME' } = changes;
  const full = { user: { id: user, username: 'x', team_id: team }, team: { id: team }, ...payload };
  return signedBySlack(new URLSearchParams({ payload: JSON.stringify(full) }).toString(), changes);
}

export function signedBySlack(
  body: string,
  { at, secret = signingSecret }: InteractionChanges = {},
): Request {
  const timestamp = String(at ?? Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', secret).update(`v0:${timestamp}:${body}`).digest('hex');
  const headers = {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${signature}`,
  };
  return new Request('http://guard.test/approvals/slack', { method: 'POST', headers, body });
}
