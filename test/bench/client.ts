import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { OAuth2Client } from 'google-auth-library';
import { BigQuery as Official } from '@google-cloud/bigquery';
import { BigQuery } from '../../src/index.ts';
import { policies } from './people.ts';

/**
 * One measurement in a process of its own: `client.ts read plain|guarded query|stream ROWS URL`,
 * `client.ts people plain|guarded|masked|searched|found query|stream|rows ROWS URL`, or
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
${policies[kind] ?? ''}`,
);
process.env['BENCH_KEY'] = Buffer.alloc(32, 1).toString('base64');

function client(guarded: boolean): Official {
  const authClient = new OAuth2Client({ credentials: { access_token: 'bench' } });
  const options = { projectId: 'bench', apiEndpoint: url, authClient };
  return guarded ? new BigQuery({ ...options, guard: { config } }) : new Official(options);
}

const tables: Readonly<Record<string, string>> = {
  read: `id, name, email, amount, ts FROM shop.orders`,
  people: `id, name, email, phone, note, city, amount, score, active, ts FROM shop.people`,
};

async function rowsOf(bigquery: Official, sql: string): Promise<number> {
  if (form === 'query') return (await bigquery.query(sql))[0].length;
  // It tells the server how many rows there are.
  if (form === 'rows') await bigquery.query({ query: sql, maxResults: 1 });
  const stream =
    form === 'rows'
      ? bigquery.dataset('shop').table('people').createReadStream()
      : bigquery.createQueryStream(sql);
  let rows = 0;
  for await (const row of stream) rows += row === undefined ? 0 : 1;
  return rows;
}

async function read(): Promise<object> {
  const bigquery = client(kind !== 'plain');
  const sql = `SELECT ${tables[what]} /* rows:${count} */`;
  const cpu = process.cpuUsage();
  const start = performance.now();
  const rows = await rowsOf(bigquery, sql);
  const ms = performance.now() - start;
  const { user, system } = process.cpuUsage(cpu);
  if (rows !== Number(count)) throw new Error(`${rows} rows instead of ${count}`);
  return { ms, cpu: (user + system) / 1000, rss: process.resourceUsage().maxRSS / 1024 };
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
