// Decisions about approvals come in through Express. The handler stands before express.json(), because a
// signature covers the bytes of the body.
// Run it: node examples/approval-express.ts

import { once } from 'node:events';
import express from 'express';
import { nodeHandler } from '../src/middleware/approval/index.ts';
import { askAna, gate } from './parts/ask-ana.ts';
import { portOf } from './parts/port-of.ts';

const app = express();
app.use('/approvals', nodeHandler(gate.handler));
app.use(express.json());

const server = app.listen(0, '127.0.0.1');
await once(server, 'listening');

await askAna(fetch, `http://127.0.0.1:${portOf(server)}/approvals`);
server.close();
