import { createServer } from 'node:http';
import { once } from 'node:events';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import {
  signDecision,
  type PollOptions,
  type SignedRequest,
} from '../../../src/middleware/approval/index.ts';
import { ana, eventually, failure, openGate, secret, stranger, type Gate } from './harness.ts';

interface Question {
  readonly type: string;
  readonly data: { readonly ids: readonly string[]; readonly received: readonly string[] };
}

/** Keeps decisions until a guard asks for them by a signed question, and forgets what it has received. */
async function mailbox(answers: { status?: number; body?: string } = {}): Promise<{
  readonly url: string;
  readonly kept: object[];
  readonly questions: Question[];
  close(): void;
}> {
  const kept: object[] = [];
  const questions: Question[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, String(value)]),
      );
      const body = Buffer.concat(chunks).toString();
      new Webhook(secret).verify(body, headers);
      const question: Question = JSON.parse(body);
      questions.push(question);
      response.writeHead(answers.status ?? 200).end(answers.body ?? JSON.stringify({ messages: kept }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}/`, kept, questions, close: () => server.close() };
}

const open: { gate?: Gate; close?: () => void }[] = [];
afterEach(async () => {
  for (const { gate, close } of open.splice(0)) {
    await gate?.gate.close();
    close?.();
  }
});

const polling = (url: string): PollOptions => ({
  url,
  secrets: [secret],
  interval: 10,
  allowInsecureLoopback: true,
});

const mailed = ({ headers, body }: SignedRequest): object => ({ headers, body });

describe('a process without inbound connections', () => {
  it('fetches decisions by signed questions, verifies them as ever, and says what it has received', async () => {
    const box = await mailbox();
    const gate = openGate({ poll: polling(box.url) });
    open.push({ gate, close: () => box.close() });
    const told = gate.box.next();
    const running = gate.run();
    const { id, requestHash } = await told;
    const right = signDecision({
      privateKey: ana.privateKey,
      id,
      requestHash,
      verdict: 'approve',
      messageId: 'msg_3',
    });
    const bad = [
      { headers: right.headers, body: right.body.replace('approve', 'reject') },
      mailed(signDecision({ privateKey: stranger.privateKey, id, requestHash, verdict: 'approve' })),
      mailed(
        signDecision({ privateKey: ana.privateKey, id, requestHash, verdict: 'approve', now: new Date(0) }),
      ),
      { headers: { ...right.headers, 'webhook-id': 'x\r\ny' }, body: right.body },
      { body: 7 },
      'nonsense',
    ];
    box.kept.push(...bad.map(Object));
    await eventually(() => box.questions.length > 2);
    expect((await gate.gate.find(id))?.state).toBe('pending');
    expect(box.questions[0]).toMatchObject({ type: 'approval.poll', data: { ids: [id], received: [] } });
    box.kept.push(mailed(right));
    expect((await running).status).toBe(200);
    expect(gate.sent).toHaveLength(1);
    // Nothing is pending any more, so nobody is asked.
    await new Promise((resolve) => setTimeout(resolve, 60));
    const asked = box.questions.length;
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(box.questions.length).toBe(asked);
    const again = gate.box.next();
    void failure(gate.run());
    await again;
    await eventually(() => box.questions.some(({ data }) => data.received.includes('msg_3')));
  });

  it('asks again, at longer intervals, when the mailbox does not answer or answers rubbish', async () => {
    const down = await mailbox({ status: 500 });
    const silly = await mailbox({ body: '{"messages":{"x":[]}}' });
    const gates = [down, silly].map((box) => {
      const gate = openGate({ poll: polling(box.url), waitFor: 400 });
      open.push({ gate, close: () => box.close() });
      return gate;
    });
    const errors = await Promise.all(gates.map(async (gate) => failure(gate.run())));
    expect(
      errors.map((error) => error instanceof Error && error.message.includes('waits for approval')),
    ).toEqual([true, true]);
    expect(down.questions.length).toBeGreaterThan(2);
    expect(down.questions.length).toBeLessThan(silly.questions.length);
  });

  it('asks no inner network, and nobody without TLS', () => {
    expect(() => openGate({ poll: polling('https://169.254.169.254/') })).toThrow(
      'The host of the mailbox of decisions is not a public address; requests to it are refused.',
    );
    expect(() => openGate({ poll: { ...polling('http://mailbox.acme.io/') } })).toThrow(
      /only for this machine/,
    );
  });
});
