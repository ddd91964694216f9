// Decisions about approvals come in through a server of node:http.
// Run it: node examples/approval-node-http.ts

import { once } from 'node:events';
import { createServer } from 'node:http';
import { nodeHandler } from '../src/middleware/approval/index.ts';
import { askAna, gate } from './parts/ask-ana.ts';
import { portOf } from './parts/port-of.ts';

const decisions = nodeHandler(gate.handler);

const server = createServer((request, response) => {
  if (request.url === '/approvals') decisions(request, response);
  else response.writeHead(404).end();
});
server.listen(0, '127.0.0.1');
await once(server, 'listening');

await askAna(fetch, `http://127.0.0.1:${portOf(server)}/approvals`);
server.close();
