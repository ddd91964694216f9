/** Two guarded BigQuery stand-ins whose data differ in what is masked, and what a principal learns of each. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isJsonObject, type Json } from '../../../src/call/json.ts';
import { buildMiddleware } from '../../../src/config/build-middleware.ts';
import { parseConfig } from '../../../src/config/load-config.ts';
import { BigQuery, createGuard, withContext } from '../../../src/index.ts';
import { startStandIn } from '../../../src/testing/index.ts';
import { seed } from './data.ts';
import type { Secrets, Side } from './data.ts';

export interface Sides {
  /** All that a principal learns of a statement: answer or error, dry run, pages, job. */
  ask(side: Side, sql: string): Promise<Observation>;
  /** What somebody who sees everything is answered. */
  askCleared(side: Side, sql: string): Promise<Observation>;
  /** Fills the tables anew. */
  restore(): Promise<void>;
  close(): Promise<void>;
}

export type Observation = readonly Json[];

const policy = (audit: string, { masks }: Secrets): string => `version: 1
project: p
tags:
${Object.keys(masks)
  .map((column, index) => `  t${index}: { columns: ["${column}"] }`)
  .join('\n')}
rules:
  - { name: all, operations: [read, write, ddl, export, metadata], datasets: ["*", "q-1:*"], effect: allow }
  - { name: none, operations: [read], effect: allow }
masks:
${Object.values(masks)
  .map((mask, index) => `  - { name: m${index}, tags: [t${index}], ${mask}, except: { groups: [cleared] } }`)
  .join('\n')}
audit: { folder: ${JSON.stringify(audit)}, durability: overlapped }
`;

export async function openSides(secrets: Secrets): Promise<Sides> {
  const folder = await mkdtemp(join(tmpdir(), 'noninterference-'));
  const [a, b] = await Promise.all([openSide(secrets, 'a', folder), openSide(secrets, 'b', folder)]);
  const of = (side: Side): typeof a => (side === 'a' ? a : b);
  return {
    ask: (side, sql) => of(side).ask(sql, []),
    askCleared: (side, sql) => of(side).ask(sql, ['cleared']),
    async restore() {
      await Promise.all([a.restore(), b.restore()]);
    },
    async close() {
      await Promise.all([a.close(), b.close()]);
      await rm(folder, { recursive: true });
    },
  };
}

const shop = { projectId: 'p', datasetId: 'shop' };

interface OneSide {
  ask(sql: string, groups: readonly string[]): Promise<Observation>;
  restore(): Promise<void>;
  close(): Promise<void>;
}

async function openSide(secrets: Secrets, side: Side, folder: string): Promise<OneSide> {
  const standIn = await startStandIn({ project: 'p', seed: { datasets: ['shop', 'hr'] } });
  await standIn.engine.createDataset({ projectId: 'q-1', datasetId: 'raw' });
  const statements = seed(secrets, side);
  const restore = async (): Promise<void> => {
    for (const sql of statements) await standIn.engine.query({ sql, project: 'p', parameters: [] });
  };
  await restore();
  const config = parseConfig(policy(join(folder, side), secrets));
  const guard = createGuard({ middleware: await buildMiddleware(config, { environment: {} }) });
  const client = new BigQuery({ ...standIn.clientOptions, guard });
  return {
    restore,
    ask: (sql, groups) =>
      withContext({ principal: { id: groups.join('-') || 'agent', groups } }, () => observe(client, sql)),
    async close() {
      await guard.close();
      await standIn.close();
    },
  };
}

/** The dry run tells of the statement before anything has changed. */
async function observe(client: BigQuery, sql: string): Promise<Observation> {
  const send = (path: string, json: Json): Promise<Json> =>
    answerOf(client, { method: 'POST', uri: path, json });
  const read = (path: string, qs = {}): Promise<Json> => answerOf(client, { uri: path, qs });
  const query = { query: sql, useLegacySql: false, defaultDataset: shop };
  const dry = await send('/queries', { ...query, dryRun: true });
  const answer = await send('/queries', { ...query, maxResults: 3 });
  const jobId = jobIdOf(answer);
  const followed =
    jobId === undefined
      ? []
      : [await read(`/queries/${jobId}`, { maxResults: 2, startIndex: 1 }), await read(`/jobs/${jobId}`)];
  return [dry, answer, ...followed].map((each) => withoutChance(each, ''));
}

function answerOf(client: BigQuery, options: Parameters<BigQuery['request']>[0]): Promise<Json> {
  return new Promise((resolve) => {
    client.request(options, (error: unknown, body: unknown) =>
      resolve(error === null || error === undefined ? plain(body) : failure(error)),
    );
  });
}

function failure(error: unknown): Json {
  if (!(error instanceof Error)) return { failed: String(error) };
  const more = 'errors' in error ? plain(error.errors) : null;
  const code = 'code' in error ? plain(error.code) : null;
  return { failed: error.message, name: error.name, code, errors: more };
}

function plain(value: unknown): Json {
  const text = JSON.stringify(value ?? null);
  return JSON.parse(text);
}

function jobIdOf(answer: Json): string | undefined {
  const reference = isJsonObject(answer) ? answer['jobReference'] : undefined;
  const jobId = isJsonObject(reference) ? reference['jobId'] : undefined;
  return typeof jobId === 'string' ? jobId : undefined;
}

/** Ids and times differ from call to call, whatever lies in the tables. */
const byChance = new Set([
  'id',
  'jobId',
  // The guard's own label.
  'guard_call',
  'queryId',
  'etag',
  'selfLink',
  'pageToken',
  'creationTime',
  'startTime',
  'endTime',
  'tableId',
  'finalExecutionDurationMs',
  'totalSlotMs',
]);

function withoutChance(value: Json, name: string): Json {
  if (byChance.has(name) && typeof value !== 'object') return '*';
  if (Array.isArray(value)) return value.map((item: Json) => withoutChance(item, ''));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) => [key, withoutChance(part ?? null, key)]),
  );
}
