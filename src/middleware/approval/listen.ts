import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import { nodeHandler, type FetchHandler } from './node-handler.ts';

export interface Listener {
  readonly url: string;
  readonly port: number;
  close(): Promise<void>;
}

/** A small HTTP server for one handler. TLS is the business of whatever stands before it. */
export async function listen(handler: FetchHandler, port: number, host: string): Promise<Listener> {
  const server = createServer(
    {
      requestTimeout: 15_000,
      headersTimeout: 10_000,
      maxHeaderSize: 16 * 1024,
      connectionsCheckingInterval: 5000,
    },
    nodeHandler(handler),
  );
  server.maxConnections = 256;
  server.listen(port, host);
  await once(server, 'listening');
  const bound = portOf(server);
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${bound}/`,
    port: bound,
    async close() {
      server.close();
      server.closeAllConnections();
      if (server.listening) await once(server, 'close');
    },
  };
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
