import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';

export interface Received {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: string;
}

export interface OtherSide {
  readonly url: string;
  readonly requests: readonly Received[];
  close(): Promise<void>;
}

/** A server that answers every request as it is told to; it keeps what it answered with a 2xx status. */
export async function otherSide(answer: (request: Received) => Answer): Promise<OtherSide> {
  const requests: Received[] = [];
  const server = createServer((request, response) => void take(request, response));
  async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const received = { headers: request.headers, body: Buffer.concat(chunks).toString() };
    const { status, body = '' } = answer(received);
    if (status < 300) requests.push(received);
    response.writeHead(status, { 'content-type': 'application/json' }).end(body);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}/`,
    requests,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
