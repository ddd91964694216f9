// Decisions about approvals come in through Hono, which has fetch-style requests itself: no adapter. So have
// Deno, Bun and other servers of that kind.
// Run it: node examples/approval-hono.ts

import { once } from 'node:events';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { askAna, gate } from './parts/ask-ana.ts';
import { portOf } from './parts/port-of.ts';

const app = new Hono();
app.all('/approvals', (context) => gate.handler(context.req.raw));

const server = createAdaptorServer({ fetch: app.fetch });
server.listen(0, '127.0.0.1');
await once(server, 'listening');

await askAna(fetch, `http://127.0.0.1:${portOf(server)}/approvals`);
server.close();
