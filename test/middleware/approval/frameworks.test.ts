import { once } from 'node:events';
import { createServer, request as startRequest, type Server } from 'node:http';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { http } from '@google-cloud/functions-framework';
import { createAdaptorServer } from '@hono/node-server';
import express from 'express';
import fastify from 'fastify';
import { Hono } from 'hono';
import { afterEach, describe, expect, it } from 'vitest';
import {
  nodeHandler,
  signDecision,
  type ApprovalMiddleware,
  type ApprovalNotice,
  type FetchHandler,
  type SignedRequest,
} from '../../../src/middleware/approval/index.ts';
import { ana, failure, openGate } from './harness.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map(async (close) => close()));
});

async function serve(server: Server): Promise<FetchHandler> {
  if (!server.listening) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }
  closing.push(async () => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return async (request) => {
    const { pathname } = new URL(request.url);
    return fetch(new Request(`http://127.0.0.1:${port}${pathname}`, request));
  };
}

/** Each mounts the handler under /approvals as its documentation and our example do it. */
const frameworks: Readonly<Record<string, (gate: ApprovalMiddleware) => Promise<FetchHandler>>> = {
  'node:http': async (gate) => serve(createServer(nodeHandler(gate.handler))),
  'Express, before the body parser': async (gate) => {
    const app = express();
    app.use('/approvals', nodeHandler(gate.handler));
    app.use(express.json());
    return serve(createServer(app));
  },
  'Express, after a parser that keeps the bytes': async (gate) => {
    const app = express();
    app.use(express.raw({ type: () => true, limit: '20mb' }));
    app.use('/approvals', nodeHandler(gate.handler));
    return serve(createServer(app));
  },
  Fastify: async (gate) => {
    const app = fastify();
    await app.register(async (routes) => {
      const decisions = nodeHandler(gate.handler);
      routes.removeAllContentTypeParsers();
      routes.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
      routes.all('/approvals', (request, reply) => {
        reply.hijack();
        decisions(request.raw, reply.raw);
      });
    });
    await app.listen({ port: 0, host: '127.0.0.1' });
    closing.push(async () => app.close());
    return serve(app.server);
  },
  Hono: async (gate) => {
    const app = new Hono();
    app.all('/approvals', (context) => gate.handler(context.req.raw));
    const server = createAdaptorServer({ fetch: app.fetch });
    if (!(server instanceof Object && 'closeAllConnections' in server)) throw new Error('no HTTP/1 server');
    return serve(server);
  },
  'a Next.js route handler': async (gate) => {
    async function POST(request: Request): Promise<Response> {
      return gate.handler(request);
    }
    return async (request) =>
      request.method === 'POST' ? POST(request) : new Response(null, { status: 405 });
  },
  'Cloud Run functions': async (gate) => {
    http('approvals', nodeHandler(gate.handler));
    return serve(getTestServer('approvals'));
  },
  'the built-in listener': async (gate) => {
    const { port } = await gate.listen(0);
    closing.push(async () => gate.close());
    return async (request) => fetch(new Request(`http://127.0.0.1:${port}/approvals`, request));
  },
};

const address = 'http://guard.test/approvals';

async function waiting(): Promise<{
  gate: ApprovalMiddleware;
  notice: ApprovalNotice;
  running: Promise<unknown>;
}> {
  const opened = openGate();
  const told = opened.box.next();
  const running = failure(opened.run());
  return { gate: opened.gate, notice: await told, running };
}

function decision({ id, requestHash }: ApprovalNotice): SignedRequest {
  return signDecision({ privateKey: ana.privateKey, id, requestHash, verdict: 'approve' });
}

describe.each(Object.entries(frameworks))('decisions by %s', (_name, mount) => {
  it('count when they are signed, and are turned away when they are altered, of another type or too long', async () => {
    const { gate, notice, running } = await waiting();
    const send = await mount(gate);
    const right = decision(notice);
    const altered = { ...right, body: `${right.body} ` };
    const typed = { ...right, headers: { ...right.headers, 'content-type': 'text/plain' } };
    // A server may hang up before it has taken all of it.
    const long = { ...right, body: JSON.stringify({ comment: 'x'.repeat(10_000_000) }) };
    const status = async (message: RequestInit): Promise<number> =>
      send(new Request(address, message)).then(
        (response) => response.status,
        () => 413,
      );
    expect([
      await status({ method: 'GET' }),
      await status(typed),
      await status(altered),
      await status(long),
      (await gate.find(notice.id))?.state,
      await status(right),
      await running,
      (await gate.find(notice.id))?.state,
    ]).toEqual([405, 415, 401, 413, 'pending', 200, undefined, 'consumed']);
  });
});

describe('a handler that gets no bytes', () => {
  it('says so, and decides nothing', async () => {
    const { gate, notice } = await waiting();
    closing.push(async () => gate.close());
    const app = express();
    app.use(express.json());
    app.use('/approvals', nodeHandler(gate.handler));
    const send = await serve(createServer(app));
    const response = await send(new Request(address, decision(notice)));
    expect([response.status, await response.json()]).toEqual([
      500,
      { error: 'body_already_read', message: expect.stringContaining('before anything that parses bodies') },
    ]);
    expect((await gate.find(notice.id))?.state).toBe('pending');
  });

  it('refuses a header that comes twice in every framework that sees the wire', async () => {
    const { gate, notice } = await waiting();
    closing.push(async () => gate.close());
    const server = createServer(nodeHandler(gate.handler));
    await serve(server);
    const { headers, body } = decision(notice);
    const bound = server.address();
    const port = typeof bound === 'object' && bound !== null ? bound.port : 0;
    const statuses = [];
    for (const name of ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const) {
      const doubled = { ...headers, [name]: [headers[name], headers[name]] };
      const sending = startRequest({ port, host: '127.0.0.1', method: 'POST', headers: doubled });
      sending.end(body);
      const response = Promise.withResolvers<number | undefined>();
      sending.on('response', (incoming) => {
        incoming.resume();
        response.resolve(incoming.statusCode);
      });
      statuses.push(await response.promise);
    }
    expect(statuses).toEqual([401, 401, 401]);
    expect((await gate.find(notice.id))?.state).toBe('pending');
  });
});
