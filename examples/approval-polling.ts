// A process into which no connection can come asks a mailbox for decisions. What it fetches is signed by the person
// who decides and verified as it would be if it had been sent; the mailbox cannot forge it.
// Run it: node examples/approval-polling.ts

import { once } from 'node:events';
import { createServer } from 'node:http';
import { Webhook } from 'standardwebhooks';
import { askAna, gateWith } from './parts/ask-ana.ts';
import { portOf } from './parts/port-of.ts';

const secret = `whsec_${Buffer.from('an example secret of 32 bytes ok').toString('base64')}`;

interface Message {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

interface Question {
  readonly data: { readonly ids: readonly string[]; readonly received: readonly string[] };
}

/** What the mailbox keeps until the guard has received it. */
let kept: Message[] = [];

const mailbox = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body = Buffer.concat(chunks).toString();
    const headers = Object.fromEntries(
      Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
    );
    // Only the guard may empty the mailbox.
    new Webhook(secret).verify(body, headers);
    const { data }: Question = JSON.parse(body);
    kept = kept.filter((message) => !data.received.includes(message.headers['webhook-id'] ?? ''));
    const messages = kept.filter((message) => data.ids.some((id) => message.body.includes(id)));
    response.writeHead(200).end(JSON.stringify({ messages }));
  });
});
mailbox.listen(0, '127.0.0.1');
await once(mailbox, 'listening');

const gate = gateWith({
  poll: {
    url: `http://127.0.0.1:${portOf(mailbox)}/`,
    secrets: [secret],
    interval: 100,
    allowInsecureLoopback: true,
  },
});

/** Ana puts her decision into the mailbox. */
async function post(decision: Request): Promise<Response> {
  kept.push({ headers: Object.fromEntries(decision.headers), body: await decision.text() });
  return new Response('kept', { status: 202 });
}

await askAna(post, 'https://mailbox.acme.io/', gate);
mailbox.close();
