import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { decodeBody } from './decode-body.ts';
import { errorBody, toRestError } from './rest-error.ts';
import { readTarget, type RestAnswer, type RestRequest } from './rest-request.ts';

export type Handle = (request: RestRequest) => Promise<RestAnswer>;

export interface Listening {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly port: number;
  readonly host: string;
  /** Whether the server alone keeps the process alive. */
  readonly hold: boolean;
}

/** Clients keep their connections; ours must not be the side that closes them under a request. */
const keepAliveMs = 61_000;

/** Serves `handle` on a local port. */
export async function listen(handle: Handle, { port, host, hold }: ListenOptions): Promise<Listening> {
  const server = createServer((request, response) => {
    void respond(handle, request, response);
  });
  server.keepAliveTimeout = keepAliveMs;
  if (!hold) server.unref().on('connection', (socket) => socket.unref());
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP port.');
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return { url: `http://${name}:${address.port}`, port: address.port, close: () => close(server) };
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

async function respond(handle: Handle, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const answer = await answerTo(handle, incoming);
  const text = answer.body === undefined ? '' : JSON.stringify(answer.body);
  outgoing.writeHead(answer.status, {
    'content-type': 'application/json; charset=UTF-8',
    'content-length': Buffer.byteLength(text),
    ...answer.headers,
  });
  outgoing.end(text);
}

async function answerTo(handle: Handle, incoming: IncomingMessage): Promise<RestAnswer> {
  try {
    return await handle(await readRequest(incoming));
  } catch (error) {
    const failure = toRestError(error);
    return { status: failure.status, body: errorBody(failure) };
  }
}

async function readRequest(incoming: IncomingMessage): Promise<RestRequest> {
  const headers = flatten(incoming.headers);
  const target = readTarget(incoming.url ?? '/');
  const decoded = await decodeBody(headers, target, await readAll(incoming));
  const method = headers['x-http-method-override'] ?? incoming.method ?? 'GET';
  return { ...target, ...decoded, headers, method };
}

async function readAll(incoming: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) if (Buffer.isBuffer(chunk)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function flatten(headers: IncomingMessage['headers']): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [name, String(value ?? '')] as const);
  return Object.fromEntries(entries);
}
