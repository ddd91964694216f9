import { describe, expect, it, onTestFinished } from 'vitest';
import { Webhook } from 'standardwebhooks';
import { httpSink } from '../../../../src/middleware/audit/sinks/http-sink.ts';
import { testSink, type SinkBench } from '../../../../src/testing/index.ts';
import { otherSide, type Answer, type Received } from './other-side.ts';
import { events, never } from './events.ts';

const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;

async function bench(): Promise<SinkBench> {
  let failing = false;
  let refused: string | undefined;
  const answer = ({ body }: Received): Answer => {
    if (failing) return { status: 503 };
    if (refused !== undefined && body.includes(`"id":"${refused}"`)) return { status: 422 };
    return { status: 200, body: lastHashOf(body) };
  };
  const side = await otherSide(answer);
  return {
    sink: httpSink({ url: side.url, secrets: [secret], confirm: 'hash' }),
    received: async () => side.requests.flatMap(({ body }) => body.split('\n').slice(0, -1)),
    fail: (now) => void (failing = now),
    refuse: (id) => void (refused = id),
    close: () => side.close(),
  };
}

function lastHashOf(body: string): string {
  const last: { hash: string } = JSON.parse(body.trim().split('\n').at(-1) ?? '');
  return JSON.stringify({ lastHash: last.hash });
}

testSink('HTTP', bench, { describe, expect, it });

async function started(answer: (request: Received) => Answer) {
  const side = await otherSide(answer);
  onTestFinished(() => side.close());
  return side;
}

describe('a lot of events', () => {
  it('is signed as Standard Webhooks says, under the same id when it is sent again', async () => {
    const side = await started(() => ({ status: 204 }));
    const sink = httpSink({
      url: side.url,
      secrets: [secret],
      headers: { authorization: 'Bearer collector' },
    });
    const [event] = events(1);
    await sink.send(events(1), never);
    await sink.send(events(1), never);
    const verified = side.requests.map(({ body, headers }) =>
      new Webhook(secret).verify(body, {
        'webhook-id': String(headers['webhook-id']),
        'webhook-timestamp': String(headers['webhook-timestamp']),
        'webhook-signature': String(headers['webhook-signature']),
      }),
    );
    expect(verified).toEqual([event?.event, event?.event]);
    expect(new Set(side.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(side.requests.map(({ headers }) => headers.authorization)).toEqual(
      Array(2).fill('Bearer collector'),
    );
  });

  it('is taken for lost where the receiver has to confirm it and does not', async () => {
    const side = await started(() => ({ status: 200, body: '{"lastHash":"another"}' }));
    const sink = httpSink({ url: side.url, confirm: 'hash' });
    await expect(sink.send(events(1), never)).rejects.toThrow('did not confirm');
  });

  it.each([
    [400, 'EventsRefused'],
    [413, 'EventsRefused'],
    [422, 'EventsRefused'],
    [301, 'Error'],
    [401, 'Error'],
    [403, 'Error'],
    [404, 'Error'],
    [408, 'Error'],
    [429, 'Error'],
    [500, 'Error'],
  ])('that is answered by %i rejects with %s', async (status, name) => {
    const side = await started(() => ({ status }));
    await expect(httpSink({ url: side.url }).send(events(1), never)).rejects.toMatchObject({ name });
  });

  it('ends with the signal', async () => {
    const side = await started(() => ({ status: 200 }));
    await expect(httpSink({ url: side.url }).send(events(1), AbortSignal.abort())).rejects.toThrow();
  });
});
