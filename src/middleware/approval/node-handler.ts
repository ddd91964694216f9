import type { IncomingMessage, ServerResponse } from 'node:http';

/** A fetch-style handler: `Request` in, `Response` out. */
export type FetchHandler = (request: Request) => Promise<Response>;

/** What node:http, Express and Cloud Run functions call; Fastify and others have the two parts as `raw`. */
export type NodeHandler = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/**
 * Serves a fetch-style handler where a server has Node's own requests.
 *
 * ```ts
 * express().use('/approvals', nodeHandler(gate.handler));
 * ```
 *
 * Signatures cover the bytes of the body, so nothing may parse it before, unless it keeps them as `rawBody`
 * or as a `Buffer` in `body`. Otherwise the answer is 500 and says so.
 */
export function nodeHandler(handler: FetchHandler): NodeHandler {
  return (incoming, outgoing) => {
    serve(handler, incoming, outgoing).catch(() => outgoing.destroy());
  };
}

async function serve(
  handler: FetchHandler,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = bodyOf(incoming);
  const response = body === 'gone' ? parsedBefore() : await handler(toRequest(incoming, body));
  // A body that nobody wants to read must not keep the connection.
  if (!incoming.complete) outgoing.setHeader('connection', 'close');
  outgoing.writeHead(response.status, Object.fromEntries(response.headers));
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}

type Body = ReadableStream<Uint8Array> | Uint8Array<ArrayBuffer> | null;

function bodyOf(
  incoming: IncomingMessage & { readonly rawBody?: unknown; readonly body?: unknown },
): Body | 'gone' {
  if (incoming.method === 'GET' || incoming.method === 'HEAD') return null;
  const kept = [incoming.rawBody, incoming.body].find((body) => body instanceof Uint8Array);
  if (kept instanceof Uint8Array) return Uint8Array.from(kept);
  return incoming.readableDidRead ? 'gone' : ReadableStream.from(bytesOf(incoming));
}

function toRequest(incoming: IncomingMessage, body: Body): Request {
  const headers = new Headers();
  for (let index = 0; index + 1 < incoming.rawHeaders.length; index += 2) {
    headers.append(incoming.rawHeaders[index] ?? '', incoming.rawHeaders[index + 1] ?? '');
  }
  const url = URL.parse(incoming.url ?? '/', 'http://approval.invalid') ?? 'http://approval.invalid/';
  return new Request(url, { method: incoming.method ?? 'GET', headers, body, duplex: 'half' });
}

async function* bytesOf(incoming: IncomingMessage): AsyncGenerator<Uint8Array> {
  for await (const chunk of incoming) {
    if (chunk instanceof Uint8Array) yield chunk;
  }
}

function parsedBefore(): Response {
  const message =
    'The body was read before the approval handler saw it, so its signature cannot be checked. Mount the handler before anything that parses bodies, or keep the bytes as rawBody.';
  return Response.json({ error: 'body_already_read', message }, { status: 500 });
}
