// Decisions about approvals come in through Fastify. Within this plugin bodies are not parsed, because a
// signature covers their bytes; elsewhere in the server nothing changes.
// Run it: node examples/approval-fastify.ts

import fastify, { type FastifyInstance } from 'fastify';
import { nodeHandler } from '../src/middleware/approval/index.ts';
import { askAna, gate } from './parts/ask-ana.ts';
import { portOf } from './parts/port-of.ts';

async function approvals(routes: FastifyInstance): Promise<void> {
  const decisions = nodeHandler(gate.handler);
  routes.removeAllContentTypeParsers();
  routes.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  routes.all('/approvals', (request, reply) => {
    reply.hijack();
    decisions(request.raw, reply.raw);
  });
}

const app = fastify();
await app.register(approvals);
await app.listen({ port: 0, host: '127.0.0.1' });

await askAna(fetch, `http://127.0.0.1:${portOf(app.server)}/approvals`);
await app.close();
