import { mkdtempSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OAuth2Client } from 'google-auth-library';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { BigQuery, createGuard } from '../../src/index.ts';

/**
 * The library as the runner of the bypass catalogue drives it: one guarded client for each principal and backend.
 * Nobody answers the approvals, so a call that waits for one is refused as such after a moment.
 */
const policy = readFileSync(new URL('./bypass.guard.yaml', import.meta.url), 'utf8');

const silent = await new Promise((resolve) => {
  const server = createServer((_request, response) => response.writeHead(204).end());
  server.listen(0, '127.0.0.1', () => resolve(server.unref()));
});

const project = 'acme-data';

function configFor(folder) {
  const url = `http://127.0.0.1:${silent.address().port}/`;
  return parseConfig(`${policy}
audit: { folder: '${folder}' }
channels:
  silent: { webhook: '${url}', secretFromEnv: SECRET, allowInsecureLoopback: true }
approval: { waitFor: 1s }
`);
}

export async function open({ endpoint, principal }) {
  const folder = mkdtempSync(join(tmpdir(), 'bigquery-guard-bypass-'));
  const environment = { SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}` };
  const config = configFor(folder);
  const middleware = await buildMiddleware(config, { environment });
  const client = new BigQuery({
    projectId: project,
    apiEndpoint: endpoint,
    authClient: new OAuth2Client({ credentials: { access_token: 'bypass' } }),
    guard: createGuard({
      middleware,
      principal: { id: principal, groups: ['agents'] },
      answerWithin: config.file.answerWithin,
    }),
  });
  return {
    query: (query, _params, request) =>
      send(client, endpoint, 'POST', `/bigquery/v2/projects/${project}/queries`, {
        query,
        useLegacySql: false,
        ...request,
      }),
    request: (method, path, body, headers) => send(client, endpoint, method, path, body, headers),
  };
}

/** As a program does it that knows the official client's `request`: any method, any path. */
function send(client, endpoint, method, path, json, headers) {
  return new Promise((resolve, reject) => {
    client.request({ method, uri: `${endpoint}${path}`, json, headers }, (error, body) =>
      error ? reject(error) : resolve(body),
    );
  });
}
