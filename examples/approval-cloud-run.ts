// Decisions about approvals come in through a Cloud Run function. The framework parses bodies before the
// function sees them, and keeps the bytes as rawBody, which is what the signature is checked over.
// Run it: node examples/approval-cloud-run.ts

import { once } from 'node:events';
import { http } from '@google-cloud/functions-framework';
import { getTestServer } from '@google-cloud/functions-framework/testing';
import { nodeHandler } from '../src/middleware/approval/index.ts';
import { askAna, gate } from './parts/ask-ana.ts';
import { portOf } from './parts/port-of.ts';

http('approvals', nodeHandler(gate.handler));

// The server that `functions-framework --target=approvals` would start.
const server = getTestServer('approvals').listen(0, '127.0.0.1');
await once(server, 'listening');

await askAna(fetch, `http://127.0.0.1:${portOf(server)}/`);
server.close();
