import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { uuidv7 } from 'uuidv7';
import type { Call } from '../../../src/call/call.ts';
import { createContext, type Context } from '../../../src/call/context.ts';
import type { Result } from '../../../src/call/result.ts';
import { decisionKey, type Decision } from '../../../src/middleware/policy/decision.ts';
import {
  approval,
  generateApproverKeys,
  signDecision,
  type ApprovalEvent,
  type ApprovalMiddleware,
  type ApprovalNotice,
  type ApprovalOptions,
  type ApprovalProgress,
  type ApproverKeys,
  type Person,
  type SignDecisionOptions,
} from '../../../src/middleware/approval/index.ts';

export const ana: ApproverKeys = generateApproverKeys();
export const ben: ApproverKeys = generateApproverKeys();
export const stranger: ApproverKeys = generateApproverKeys();
export const carl: ApproverKeys = generateApproverKeys();
export const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';

export const people: Person[] = [
  { id: 'ana@acme.io', keys: [ana.publicKey] },
  { id: 'ben@acme.io', keys: [ben.publicKey] },
  { id: 'outsider@acme.io', keys: [stranger.publicKey] },
  { id: 'carl@acme.io', keys: [carl.publicKey] },
];

export const answer: Result = { status: 200, body: { kind: 'bigquery#queryResponse' }, headers: {} };

export function someCall(sql = 'UPDATE shop.orders SET status = "paid" WHERE id = 6'): Call {
  return {
    id: uuidv7(),
    operation: 'jobs.query',
    class: 'write',
    project: 'acme',
    ids: { projectId: 'acme' },
    query: {},
    body: { query: sql, useLegacySql: false, requestId: uuidv7() },
    upload: undefined,
    method: 'POST',
    path: '/projects/acme/queries',
  };
}

type Asks = Extract<Decision, { effect: 'require-approval' }>;

export const asks: Asks = {
  effect: 'require-approval',
  policyDigest: 'a'.repeat(64),
  rules: ['writes-need-a-person'],
  reasons: [{ rule: 'writes-need-a-person', message: 'Ask a data owner.' }],
  approval: { approvers: ['ana@acme.io', 'ben@acme.io'], quorum: 1, expiresInMs: 60_000 },
  masks: [],
};

export interface ContextChanges {
  readonly principal?: string;
  readonly account?: string;
  readonly delegation?: readonly string[];
  readonly decision?: Decision;
  readonly signal?: AbortSignal;
  readonly prompt?: string;
  readonly session?: string;
  readonly upstream?: (call: Call) => Promise<Result>;
}

export function someContext(changes: ContextChanges = {}): Context {
  const context = createContext({
    principal: {
      id: changes.principal ?? 'agent-a',
      groups: [],
      delegation: changes.delegation ?? [],
      verified: false,
    },
    account: changes.account,
    agent: { name: 'shop-bot', version: '1', model: 'some-model' },
    session: {
      id: changes.session ?? 'session-1',
      ...(changes.prompt === undefined ? {} : { prompt: changes.prompt }),
    },
    signal: changes.signal ?? new AbortController().signal,
    now: () => new Date(),
    upstream: changes.upstream ?? (async () => answer),
  });
  context.set(decisionKey, changes.decision ?? asks);
  return context;
}

/** A channel that keeps what it was told, for tests in which somebody decides later. */
export function postbox(): {
  readonly name: string;
  readonly notices: ApprovalNotice[];
  notify(notice: ApprovalNotice): Promise<void>;
  next(): Promise<ApprovalNotice>;
} {
  const notices: ApprovalNotice[] = [];
  const waiting: ((notice: ApprovalNotice) => void)[] = [];
  return {
    name: 'postbox',
    notices,
    async notify(notice) {
      notices.push(notice);
      waiting.shift()?.(notice);
    },
    async next() {
      return new Promise((resolve) => waiting.push(resolve));
    },
  };
}

export interface Gate {
  readonly gate: ApprovalMiddleware;
  readonly box: ReturnType<typeof postbox>;
  readonly events: ApprovalEvent[];
  readonly progress: ApprovalProgress[];
  readonly sent: Call[];
  /** Sends a call through the middleware to a transport that counts. */
  run(call?: Call, context?: Context): Promise<Result>;
  /** Sends a signed decision to the handler. */
  decide(notice: ApprovalNotice, changes?: Partial<SignDecisionOptions>): Promise<Response>;
}

export function openGate(options: Partial<ApprovalOptions> = {}): Gate {
  const box = postbox();
  const events: ApprovalEvent[] = [];
  const progress: ApprovalProgress[] = [];
  const sent: Call[] = [];
  const gate = approval({
    channels: [box],
    people,
    record: async (event) => {
      events.push(event);
    },
    onProgress: (each) => progress.push(each),
    ...options,
  });
  return {
    gate,
    box,
    events,
    progress,
    sent,
    run: async (call = someCall(), context = someContext()) =>
      gate.handle(call, context, async (passed) => {
        sent.push(passed);
        return answer;
      }),
    decide: async ({ id, requestHash }, changes = {}) =>
      gate.handler(
        toRequest(
          signDecision({ privateKey: ana.privateKey, id, requestHash, verdict: 'approve', ...changes }),
        ),
      ),
  };
}

export function toRequest(signed: {
  readonly method: string;
  readonly headers: object;
  readonly body: string;
}): Request {
  const { method, headers, body } = signed;
  return new Request('http://guard.test/', { method, headers: { ...headers }, body });
}

export interface Receiver {
  readonly url: string;
  readonly requests: { readonly headers: IncomingMessage['headers']; readonly body: string }[];
  close(): Promise<void>;
}

/** A real HTTP server on loopback. */
export async function receiver(
  respond: (response: ServerResponse, attempt: number) => void,
  host = '127.0.0.1',
): Promise<Receiver> {
  const requests: Receiver['requests'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      requests.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
      respond(response, requests.length);
    });
  });
  server.listen(0, host);
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://${host}:${port}/hook`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Waits for something that happens in the background. */
export async function eventually(check: () => boolean): Promise<void> {
  const end = Date.now() + 5000;
  while (!check()) {
    if (Date.now() > end) throw new Error('It did not happen.');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

export async function failure(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  );
}
