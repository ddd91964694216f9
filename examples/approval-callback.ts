// A call that the policy lets run only with an approval: the request goes out by a signed webhook, a person
// signs the decision with a key of their own, and it comes back by callback. Everything is on this machine.
// Run it: node examples/approval-callback.ts

import { createServer } from 'node:http';
import { once } from 'node:events';
import { Webhook } from 'standardwebhooks';
import { compose } from '../src/call/compose.ts';
import { createContext } from '../src/call/context.ts';
import { fromHttpRequest } from '../src/call/normalise.ts';
import { isGuardError } from '../src/errors.ts';
import { approval, generateApproverKeys, signDecision, webhook } from '../src/middleware/approval/index.ts';
import { everyWriteNeedsAna } from './parts/every-write-needs-ana.ts';
import type { Result } from '../src/call/result.ts';

// Ana keeps the private key; the guard knows only the public one, so it cannot forge her decision.
const ana = generateApproverKeys();
const secret = `whsec_${Buffer.from('an example secret of 32 bytes ok').toString('base64')}`;

/** Ana's side: a service that shows her what is asked and sends back what she decides. */
const approver = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    response.writeHead(204).end();
    void decide(Buffer.concat(chunks).toString(), new Headers(Object.entries(request.headers).map(text)));
  });
});

function text([name, value]: [string, unknown]): [string, string] {
  return [name, String(value)];
}

interface Message {
  readonly data: {
    readonly id: string;
    readonly requestHash: string;
    readonly statement: { readonly sql: string };
    readonly requester: { readonly principal: string };
    readonly callback: { readonly url: string };
  };
}

async function decide(body: string, headers: Headers): Promise<void> {
  // Throws when the message does not come from our guard.
  new Webhook(secret).verify(body, Object.fromEntries(headers));
  const message: Message = JSON.parse(body);
  const { id, requestHash, statement, requester } = message.data;
  console.log(`  Ana reads: ${requester.principal} wants to run ${statement.sql}`);
  const harmless = statement.sql.includes('WHERE');
  console.log(`  Ana ${harmless ? 'approves' : 'rejects'}`);
  const decision = signDecision({
    privateKey: ana.privateKey,
    id,
    requestHash,
    verdict: harmless ? 'approve' : 'reject',
    ...(harmless ? {} : { comment: 'This changes every order. Say which.' }),
  });
  await fetch(message.data.callback.url, decision);
}

approver.listen(0, '127.0.0.1');
await once(approver, 'listening');
const address = approver.address();
const approverPort = typeof address === 'object' && address !== null ? address.port : 0;

const gate = approval({
  channels: [
    webhook({
      url: `http://127.0.0.1:${approverPort}/`,
      secrets: [secret],
      callbackUrl: () => callback.url,
      allowInsecureLoopback: true,
    }),
  ],
  people: [{ id: 'ana@acme.io', keys: [ana.publicKey] }],
  waitFor: 10_000,
});
// The handler may be mounted in any server that has a fetch-style Request; here it stands alone.
const callback = await gate.listen(0);

/** Stands for BigQuery. */
async function transport(): Promise<Result> {
  console.log('  sent to BigQuery');
  return { status: 200, body: { kind: 'bigquery#queryResponse' }, headers: {} };
}

const handle = compose([everyWriteNeedsAna, gate], transport);

for (const query of [
  "UPDATE shop.orders SET status = 'paid' WHERE id = 6",
  "UPDATE shop.orders SET status = 'paid'",
]) {
  console.log(query);
  const context = createContext({
    principal: { id: 'agent-a', groups: ['agents'], delegation: [], verified: false },
    signal: AbortSignal.timeout(20_000),
    now: () => new Date(),
    upstream: () => Promise.reject(new Error('This example asks nothing of its own.')),
  });
  try {
    const request = { method: 'POST', url: '/projects/acme/queries', body: { query } };
    const { status } = await handle(fromHttpRequest(request), context);
    console.log(`  answered: ${status}`);
  } catch (error) {
    if (!isGuardError(error)) throw error;
    console.log(`  refused: ${error.code} ${error.message}`);
  }
}

await gate.close();
approver.close();
