import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateApproverKeys, signDecision } from '../../middleware/approval/index.ts';

export interface Approver {
  /** Where the guard's webhook goes. */
  readonly webhookUrl: string;
  readonly publicKey: string;
  close(): Promise<void>;
}

/** Ana, as a script: gets the signed webhook, thinks for a while, and sends her signed decision back. */
export async function startApprover(
  callbackUrl: string,
  thinkingMs: number,
  tell: (line: string) => void,
): Promise<Approver> {
  const keys = generateApproverKeys();
  const server = createServer((request, response) => {
    void text(request).then(async (body) => {
      response.writeHead(204).end();
      const { id, requestHash, statement } = noticeIn(JSON.parse(body));
      tell(`  ana is asked about: ${statement}`);
      await sleep(thinkingMs);
      const decision = signDecision({ privateKey: keys.privateKey, id, requestHash, verdict: 'approve' });
      const answer = await fetch(callbackUrl, decision);
      tell(`  ana approves after ${thinkingMs} ms (callback answered ${answer.status})`);
    });
  });
  const port = await listen(server);
  return {
    webhookUrl: `http://127.0.0.1:${port}/approvals`,
    publicKey: keys.publicKey,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  };
}

interface Notice {
  readonly id: string;
  readonly requestHash: string;
  readonly statement: string;
}

function noticeIn(message: unknown): Notice {
  const notice = field(message, 'data');
  return {
    id: String(field(notice, 'id')),
    requestHash: String(field(notice, 'requestHash')),
    statement: String(field(field(notice, 'statement'), 'sql')),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? Object.getOwnPropertyDescriptor(value, name)?.value
    : undefined;
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
}
