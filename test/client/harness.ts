import { afterAll, beforeAll } from 'vitest';
import type { BigQuery } from '../../src/client/client.ts';
import { createGuard } from '../../src/client/guard.ts';
import type { Guard, GuardOptions } from '../../src/client/guard.ts';
import type { Call } from '../../src/call/call.ts';
import type { Context } from '../../src/call/context.ts';
import type { Middleware } from '../../src/call/middleware.ts';
import type { Answer } from '../differential/canned-answers.ts';
import { cannedAnswer } from '../differential/canned-answers.ts';
import { startFakeServer } from '../differential/fake-server.ts';
import { clientVersion } from '../differential/clients.ts';
import type { ClientVersion } from '../differential/clients.ts';
import type { FakeServer, WireRequest } from '../differential/fake-server.ts';

export const official: ClientVersion = clientVersion('@google-cloud/bigquery');

export interface Bench {
  readonly server: FakeServer;
  /** What the server answers until the next call of `answer`. */
  readonly answer: (reply: (request: WireRequest) => Answer | Promise<Answer>) => void;
  readonly client: (guard: Guard | GuardOptions, options?: object) => BigQuery;
}

/** A server that plays BigQuery for all tests of a file. */
export function bench(): () => Bench {
  let server: FakeServer | undefined;
  let reply: (request: WireRequest) => Answer | Promise<Answer> = cannedAnswer;
  beforeAll(async () => {
    server = await startFakeServer((request) => reply(request));
  });
  afterAll(() => server?.close());
  return () => {
    if (server === undefined) throw new Error('The server has not started.');
    const running = server;
    running.take();
    reply = cannedAnswer;
    return {
      server: running,
      answer: (next) => (reply = next),
      client(guard, options = {}) {
        const own = 'middleware' in guard ? createGuard(guard) : guard;
        return official.guarded(running.url, own, options);
      },
    };
  };
}

export const layer = (handle: Middleware['handle']): Middleware => ({ name: 'layer', handle });

/** A middleware that keeps what it sees. */
export function watching(): Middleware & { readonly calls: Call[]; readonly contexts: Context[] } {
  const calls: Call[] = [];
  const contexts: Context[] = [];
  return {
    name: 'watching',
    calls,
    contexts,
    handle(call, context, next) {
      calls.push(call);
      contexts.push(context);
      return next(call);
    },
  };
}
