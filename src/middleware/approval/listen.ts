import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

/** A fetch-style handler: `Request` in, `Response` out. */
export type Handler = (request: Request) => Promise<Response>;

export interface Listener {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A small HTTP server for one handler. TLS is the business of whatever stands before it. */
export async function listen(handler: Handler, port: number, host: string): Promise<Listener> {
  const server = createServer(
    {
      requestTimeout: 15_000,
      headersTimeout: 10_000,
      maxHeaderSize: 16 * 1024,
      connectionsCheckingInterval: 5000,
    },
    (incoming, outgoing) => {
      serve(handler, incoming, outgoing).catch(() => outgoing.destroy());
    },
  );
  server.maxConnections = 256;
  server.listen(port, host);
  await once(server, 'listening');
  const bound = portOf(server);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/`,
    port: bound,
    async close() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

async function serve(handler: Handler, incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
  const response = await handler(toRequest(incoming));
  // A body that nobody wants to read must not keep the connection.
  if (!incoming.complete) outgoing.setHeader('connection', 'close');
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

function toRequest(incoming: IncomingMessage): Request {
  const headers = new Headers();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '');
  }
  const method = incoming.method ?? 'GET';
  const body = method === 'GET' || method === 'HEAD' ? null : toBody(incoming);
  return new Request('http://approval.invalid/', { method, headers, body, duplex: 'half' });
}

function toBody(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  return ReadableStream.from(bytesOf(incoming));
}

async function* bytesOf(incoming: Readable): AsyncGenerator<Uint8Array> {
  for await (const chunk of incoming) {
    if (chunk instanceof Uint8Array) yield chunk;
  }
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
