import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Call } from '../call/call.ts';
import type { Handler } from '../call/compose.ts';
import { createContext, type Context } from '../call/context.ts';
import { fromHttpRequest } from '../call/normalise.ts';
import type { Session } from '../call/principal.ts';
import type { Result } from '../call/result.ts';
import { sendsRecorded, type recorded } from '../middleware/audit/index.ts';
import { accountOf, withAccountFlaw } from '../middleware/impersonation/account-of.ts';
import type { Impersonation } from '../middleware/policy/document.ts';
import { errorAnswer, unauthorized, writeAnswer } from './gateway/answer.ts';
import { readRequest } from './gateway/read-request.ts';
import type { Identity } from './static-tokens.ts';

export interface ServiceOptions {
  /** The whole onion, at its heart the transport, wrapped by `recorded`. */
  readonly handle: Handler;
  /** The transport alone, for the guard's own calls. */
  readonly upstream: ReturnType<typeof recorded>;
  readonly project: string;
  /** Under which service accounts calls run at BigQuery. */
  readonly impersonate?: Impersonation | undefined;
  authenticate(authorization: string | undefined): Identity | undefined;
  readonly host?: string;
  readonly port?: number;
  readonly now?: () => Date;
  /** Told of what went wrong inside; never of rows or secrets. */
  readonly onError?: (error: unknown) => void;
}

export interface Service {
  readonly url: string;
  close(): Promise<void>;
}

/** Speaks BigQuery's v2 REST interface to any client and sends what the guard lets through. */
export async function startService(options: ServiceOptions): Promise<Service> {
  const server = createServer((request, response) => {
    void answer(options, request, response);
  });
  server.requestTimeout = 0;
  server.headersTimeout = 30_000;
  const address = await listen(server, options.host ?? '127.0.0.1', options.port ?? 0);
  return {
    url: `http://${address.family === 'IPv6' ? `[${address.address}]` : address.address}:${address.port}`,
    close: () => close(server),
  };
}

async function answer(
  options: ServiceOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  try {
    if (request.url === '/healthz') return writeAnswer(response, { status: 200, body: { status: 'ok' } });
    const identity = options.authenticate(request.headers.authorization);
    if (identity === undefined) return writeAnswer(response, unauthorized);
    const call = fromHttpRequest({ ...(await readRequest(request)), projectId: options.project });
    const { status, body } = await run(options, call, request, identity, gone.signal);
    writeAnswer(response, { status, body });
  } catch (error) {
    const refused = errorAnswer(error);
    if (refused.status === 500) options.onError?.(error);
    writeAnswer(response, refused);
  }
}

async function run(
  options: ServiceOptions,
  call: Call,
  request: IncomingMessage,
  identity: Identity,
  signal: AbortSignal,
): Promise<Result> {
  const context: Context = createContext({
    ...identity,
    account: accountOf(options.impersonate, identity),
    session: sessionOf(request),
    signal,
    now: options.now ?? (() => new Date()),
    upstream: (own, as) => options.upstream(own, context, as),
  });
  context.set(sendsRecorded, true);
  return options.handle(withAccountFlaw(call, context, options.impersonate), context);
}

/** Texts travel as base64 of UTF-8, since header values cannot hold every character. */
function sessionOf({ headers }: IncomingMessage): Session | undefined {
  const id = headers['x-guard-session'];
  const prompt = headers['x-guard-prompt'];
  if (typeof id !== 'string' || !/^[\x21-\x7e]{1,128}$/.test(id)) return undefined;
  const purpose = headers['x-guard-purpose'];
  return {
    id,
    ...(typeof prompt === 'string' && { prompt: fromBase64(prompt) }),
    ...(typeof purpose === 'string' && { purpose: fromBase64(purpose) }),
  };
}

const fromBase64 = (text: string): string => Buffer.from(text, 'base64').toString('utf8');

function listen(server: Server, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new TypeError('The server has no port.'));
      else resolve(address);
    });
  });
}

function close(server: Server): Promise<void> {
  server.closeIdleConnections();
  return new Promise((resolve, reject) => {
    server.close((error) => (error === undefined ? resolve() : reject(error)));
  });
}
