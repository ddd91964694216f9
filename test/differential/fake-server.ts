import { createServer } from 'node:http';
import type { IncomingMessage, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJsonObject } from '../../src/call/json.ts';
import { cannedAnswer } from './canned-answers.ts';
import type { Answer } from './canned-answers.ts';

/** One request as it stood on the wire. */
export interface WireRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export interface FakeServer {
  readonly url: string;
  /** What came in since the last `take`. */
  take(): readonly WireRequest[];
  /** From now on every answer is 403, or not. */
  forbid(isForbidden: boolean): void;
  close(): Promise<void>;
}

/** A server that plays BigQuery with canned answers, and keeps what it was sent. */
export async function startFakeServer(
  answer: (request: WireRequest) => Answer | Promise<Answer> = cannedAnswer,
): Promise<FakeServer> {
  let requests: WireRequest[] = [];
  let isForbidden = false;
  const server = createServer((incoming, outgoing) => {
    void (async () => {
      const request = await read(incoming);
      requests.push(request);
      const { status, body } = isForbidden ? forbidden : await answer(request);
      outgoing.writeHead(status, { 'content-type': 'application/json; charset=UTF-8' });
      outgoing.end(body === undefined ? '' : JSON.stringify(body));
    })();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${portOf(server)}`,
    take() {
      const taken = requests;
      requests = [];
      return taken;
    },
    forbid: (value) => (isForbidden = value),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function read(incoming: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(Buffer.from(chunk));
  const { method = '', url = '', headers } = incoming;
  return { method, url, headers, body: Buffer.concat(chunks).toString('utf8') };
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  if (isJsonObject(address) && typeof address['port'] === 'number') return address['port'];
  throw new Error('The fake server has no port.');
}

const reason = { message: 'Access Denied: not yours', domain: 'global', reason: 'accessDenied' };

export const forbidden: Answer = {
  status: 403,
  body: { error: { code: 403, message: reason.message, errors: [reason], status: 'PERMISSION_DENIED' } },
};
