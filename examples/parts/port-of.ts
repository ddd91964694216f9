import type { Server } from 'node:net';

/** The port that a server of an example was given. */
export function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
