import {
  closeSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OAuth2Client } from 'google-auth-library';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { loadConfig } from '../../src/config/load-config.ts';
import { BigQuery, createGuard } from '../../src/index.ts';

/**
 * The library as the runner of the bypass catalogue drives it: one guarded client for each principal and backend.
 * Nobody answers the approvals, so a call that waits for one is refused as such after a moment.
 */
export const policy = readFileSync(new URL('./bypass.guard.yaml', import.meta.url), 'utf8');
export const project = 'acme-data';
export const environment = { SECRET: `whsec_${Buffer.alloc(32, 7).toString('base64')}` };

const silent = await new Promise((resolve) => {
  const server = createServer((_request, response) => response.writeHead(204).end());
  server.listen(0, '127.0.0.1', () => resolve(server.unref()));
});

/** Principals are people's agents where the catalogue says whose they are. */
const owners = { 'approver-1-agent': 'approver-1' };

export async function open({ endpoint, principal }) {
  const folder = mkdtempSync(join(tmpdir(), 'bigquery-guard-bypass-'));
  const url = `http://127.0.0.1:${silent.address().port}/`;
  const file = join(folder, 'guard.yaml');
  writeFileSync(file, `${policy}\n${guardFileEnd({ folder, url, approval: '{ waitFor: 1s }' })}`);
  const config = await loadConfig(file);
  const start = async () =>
    connect({ endpoint, principal, config, middleware: await buildMiddleware(config, { environment }) });
  let client = await start();
  const send = async (method, path, body, headers) => {
    if (!auditFails) return sendBy(client, endpoint, method, path, body, headers);
    auditFails = false;
    breakDisk(join(folder, 'audit'));
    try {
      return await sendBy(client, endpoint, method, path, body, headers);
    } finally {
      client = await start();
    }
  };
  return {
    client: () => client,
    query: (query, _params, request) =>
      send('POST', `/bigquery/v2/projects/${project}/queries`, { query, useLegacySql: false, ...request }),
    request: send,
  };
}

export function guardFileEnd({ folder, url, approval, mayBeHere = true }) {
  return `audit: { folder: '${join(folder, 'audit')}' }
channels:
  silent: { webhook: '${url}', secretFromEnv: SECRET, allowInsecureLoopback: ${mayBeHere} }
approval: ${approval}
`;
}

export function connect({ endpoint, principal, config, middleware }) {
  const owner = owners[principal];
  return new BigQuery({
    projectId: project,
    apiEndpoint: endpoint,
    authClient: new OAuth2Client({ credentials: { access_token: 'bypass' } }),
    guard: createGuard({
      middleware,
      principal: { id: principal, groups: ['agents'], ...(owner && { delegation: [owner] }) },
      answerWithin: config.file.answerWithin,
    }),
  });
}

/** As a program does it that knows the official client's `request`: any method, any path. */
export function sendBy(client, endpoint, method, path, json, headers) {
  return new Promise((resolve, reject) => {
    client.request({ method, uri: `${endpoint}${path}`, json, headers }, (error, body) =>
      error ? reject(error) : resolve(body),
    );
  });
}

let auditFails = false;

/** The record of the next call cannot be written. */
export function failAudit() {
  auditFails = true;
}

/** From now on every write to the files of the folder fails as on a full disk: /dev/full takes their place. */
function breakDisk(folder) {
  for (const name of readdirSync('/proc/self/fd')) {
    const descriptor = Number(name);
    if (!targetOf(name).startsWith(folder)) continue;
    closeSync(descriptor);
    const spare = [];
    let full = openSync('/dev/full', 'a');
    for (; full !== descriptor; full = openSync('/dev/full', 'a')) spare.push(full);
    for (const each of spare) closeSync(each);
  }
}

function targetOf(name) {
  try {
    return readlinkSync(`/proc/self/fd/${name}`);
  } catch {
    return '';
  }
}
