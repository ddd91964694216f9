import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';

export interface ProtectedBackend {
  readonly url: string;
  /** `GET datasets/shop/tables/orders as main`, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/**
 * Stands before a backend: notes under which credentials each request comes, and says that the tables named `protected`
 * have row access policies.
 */
export async function startProtectedBackend(backend: string, project: string): Promise<ProtectedBackend> {
  const requests: string[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { url = '', method = 'GET', headers } = request;
    const path = url.replace(/\?.*$/, '').replace(/^\/(upload\/)?bigquery\/v2\/projects\/[^/]+\//, '$1');
    const body = await buffer(request);
    const dry = body.includes('"dryRun":true') ? ' dry run' : '';
    requests.push(`${method} ${path}${dry} as ${headers.authorization?.replace(/^Bearer /, '') ?? 'nobody'}`);
    if (/\/tables\/protected\w*\/rowAccessPolicies$/.test(path)) {
      const policy = { rowAccessPolicyReference: { projectId: project, policyId: 'rows' } };
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ rowAccessPolicies: [policy] }));
      return;
    }
    const found = await fetch(`${backend}${url}`, {
      method,
      headers: { 'content-type': headers['content-type'] ?? 'application/json' },
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
    response.writeHead(found.status, { 'content-type': 'application/json' });
    response.end(await found.text());
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      server.close(() => resolve());
      server.closeAllConnections();
    });
  return { url: `http://127.0.0.1:${port}`, requests, close };
}
