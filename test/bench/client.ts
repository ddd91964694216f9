import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OAuth2Client } from 'google-auth-library';
import { BigQuery as Official } from '@google-cloud/bigquery';
import { BigQuery } from '../../src/index.ts';

/**
 * One measurement in a process of its own: `client.ts read plain|guarded query|stream ROWS URL`, or
 * `client.ts small before|overlapped seen|new - URL`.
 */
const [, , what = '', kind = '', form = '', count = '0', url = ''] = process.argv;

const folder = mkdtempSync(join(tmpdir(), 'bigquery-guard-bench-'));
const config = join(folder, 'guard.yaml');
writeFileSync(
  config,
  `version: 1
project: bench
principal: { id: agent, groups: [agents] }
rules: [{ name: read-shop, principals: { groups: [agents] }, operations: [read], datasets: [shop], effect: allow }]
limits: [{ name: cheap, maximumBytesBilled: 10 GiB }]
audit: { folder: ${join(folder, 'audit')}, durability: ${kind === 'overlapped' ? kind : 'before'} }
`,
);

function client(guarded: boolean): Official {
  const authClient = new OAuth2Client({ credentials: { access_token: 'bench' } });
  const options = { projectId: 'bench', apiEndpoint: url, authClient };
  return guarded ? new BigQuery({ ...options, guard: { config } }) : new Official(options);
}

const columns = 'id, name, email, amount, ts';

async function read(): Promise<object> {
  const bigquery = client(kind === 'guarded');
  const sql = `SELECT ${columns} FROM shop.orders /* rows:${count} */`;
  const start = performance.now();
  let rows = 0;
  if (form === 'query') rows = (await bigquery.query(sql))[0].length;
  else for await (const row of bigquery.createQueryStream(sql)) rows += row === undefined ? 0 : 1;
  const ms = performance.now() - start;
  if (rows !== Number(count)) throw new Error(`${rows} rows instead of ${count}`);
  return { ms, rss: process.resourceUsage().maxRSS / 1024 };
}

/** Of the second half: by then the code is warm. */
function median(values: readonly number[]): number {
  const late = values.slice(values.length >> 1).toSorted((a, b) => a - b);
  return late[late.length >> 1] ?? Number.NaN;
}

/** Blocks of plain and guarded in turn, so that the machine's moods meet both. */
async function small(): Promise<object> {
  const plain = client(false);
  const guarded = client(true);
  let number = 0;
  const text = (): string =>
    `SELECT o.id, o.name, o.email, o.amount, o.ts FROM shop.orders AS o WHERE o.id = ${form === 'new' ? (number += 1) : 7} ORDER BY o.ts`;
  const time = async (bigquery: Official, times: number[]): Promise<void> => {
    const sql = text();
    const start = performance.now();
    await bigquery.query(sql);
    times.push(performance.now() - start);
  };
  const times = { plain: new Array<number>(), guarded: new Array<number>() };
  for (let round = 0; round < 150; round += 1) {
    for (let each = 0; each < 10; each += 1) await time(plain, times.plain);
    for (let each = 0; each < 10; each += 1) await time(guarded, times.guarded);
  }
  return { plain: median(times.plain), guarded: median(times.guarded) };
}

console.log(JSON.stringify(what === 'small' ? await small() : await read()));
rmSync(folder, { recursive: true, force: true });
process.exit(0);
