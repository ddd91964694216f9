// Runs queries with known rows against the stand-in, through the official client, and prints how many are right.
//   npm run conformance:stand-in -- [--queries FILE] [--setup FILE]
// Exits 1 when an answer is wrong, or when fewer than 85 of 89 queries are right.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { BigQuery } from '@google-cloud/bigquery';
import { z } from 'zod';
import { startStandIn } from '../../src/testing/stand-in/start-stand-in.ts';

const folder = resolve(import.meta.dirname, '../../../shared/acceptance/stand-in');
const { values: options } = parseArgs({
  options: { queries: { type: 'string' }, setup: { type: 'string' } },
});
const queriesFile = options.queries ?? join(folder, 'queries.jsonl');
const setupFile = options.setup ?? siblingSetup(queriesFile);
const enough = 85 / 89;

const rowSchema = z.array(z.unknown());
const caseSchema = z.object({
  id: z.string(),
  sql: z.string(),
  rows: z.array(rowSchema).nullish(),
  params: z.record(z.string(), z.unknown()).optional(),
  positional: z.array(z.unknown()).optional(),
  after: z.tuple([z.string(), z.array(rowSchema)]).optional(),
  expectError: z.boolean().optional(),
});
type Case = z.infer<typeof caseSchema>;

const setupSchema = z.object({ project: z.string(), setup: z.array(z.string()) });

interface Field {
  readonly name: string;
  readonly type: string;
  readonly mode?: string | undefined;
  readonly fields?: readonly Field[] | undefined;
}
const fieldSchema: z.ZodType<Field> = z.lazy(() =>
  z.object({
    name: z.string(),
    type: z.string(),
    mode: z.string().optional(),
    fields: z.array(fieldSchema).optional(),
  }),
);
const answerSchema = z.object({ schema: z.object({ fields: z.array(fieldSchema).optional() }).optional() });
const cellSchema = z.object({ v: z.unknown() });
const recordSchema = z.object({ f: z.array(cellSchema) });

type Outcome =
  | { readonly kind: 'right' }
  | { readonly kind: 'refused' | 'wrong' | 'failed'; readonly detail: string };

function siblingSetup(queries: string): string {
  const beside = join(dirname(queries), 'setup.json');
  return existsSync(beside) ? beside : join(folder, 'setup.json');
}

if (!existsSync(queriesFile) || !existsSync(setupFile)) {
  console.log(`conformance: no queries at ${queriesFile} or no set-up at ${setupFile}; nothing was checked.`);
  process.exit(process.env['CI'] === 'true' ? 1 : 0);
}

const { project, setup } = setupSchema.parse(JSON.parse(readFileSync(setupFile, 'utf8')));
const cases = readFileSync(queriesFile, 'utf8')
  .split('\n')
  .filter((line) => line.trim() !== '')
  .map((line) => caseSchema.parse(JSON.parse(line)));
const standIn = await startStandIn({ project });
try {
  process.exitCode = await check(new BigQuery(standIn.clientOptions));
} finally {
  await standIn.close();
}

async function check(bigquery: BigQuery): Promise<number> {
  await bigquery.createDataset('shop');
  for (const statement of setup) await ask(bigquery, statement);
  const counts = { right: 0, refused: 0, wrong: 0, failed: 0 };
  for (const one of cases) {
    const outcome = await outcomeOf(bigquery, one);
    counts[outcome.kind] += 1;
    if (outcome.kind !== 'right') console.log(`${outcome.kind.padEnd(8)}${one.id}: ${outcome.detail}`);
  }
  const { right, refused, wrong, failed } = counts;
  console.log(
    `${right} of ${cases.length} right, ${refused} refused by name, ${failed} failed, ${wrong} wrong`,
  );
  return wrong === 0 && right >= cases.length * enough ? 0 : 1;
}

async function outcomeOf(bigquery: BigQuery, one: Case): Promise<Outcome> {
  try {
    const first = await ask(bigquery, one.sql, one.params ?? one.positional);
    if (one.expectError === true) return { kind: 'wrong', detail: 'ran, although it must be refused' };
    if (one.after !== undefined) return compared(await ask(bigquery, one.after[0]), one.after[1]);
    return one.rows === null || one.rows === undefined ? { kind: 'right' } : compared(first, one.rows);
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    const isRefusal = detail.includes('does not support');
    if (one.expectError === true && !isRefusal) return { kind: 'right' };
    return { kind: isRefusal ? 'refused' : 'failed', detail };
  }
}

type Rows = readonly (readonly unknown[])[];

/** The rows of a statement as JSON values, by the types of the answer's schema. */
async function ask(bigquery: BigQuery, query: string, params?: object): Promise<Rows> {
  const [job] = await bigquery.createQueryJob({
    query,
    defaultDataset: { projectId: project, datasetId: 'shop' },
    ...(params === undefined ? {} : { params }),
  });
  const [rows, , answer] = await job.getQueryResults({
    autoPaginate: false,
    maxResults: 10_000,
    skipParsing: true,
  });
  const fields = answerSchema.parse(answer).schema?.fields ?? [];
  return z
    .array(recordSchema)
    .parse(rows)
    .map((row) => fields.map((field, index) => value(row.f[index]?.v, field)));
}

function value(cell: unknown, field: Field): unknown {
  if (field.mode === 'REPEATED') {
    const element = { ...field, mode: 'NULLABLE' };
    return z
      .array(cellSchema)
      .parse(cell)
      .map((item) => value(item.v, element));
  }
  if (cell === null || cell === undefined) return null;
  if (field.type === 'RECORD' || field.type === 'STRUCT') return record(cell, field);
  const text = z.string().parse(cell);
  if (field.type === 'BOOLEAN' || field.type === 'BOOL') return text === 'true';
  return isNumeric(field.type) ? number(text) : text;
}

function record(cell: unknown, field: Field): unknown {
  const { f } = recordSchema.parse(cell);
  return Object.fromEntries(
    (field.fields ?? []).map((inner, index) => [inner.name, value(f[index]?.v, inner)]),
  );
}

function isNumeric(type: string): boolean {
  return ['INTEGER', 'INT64', 'FLOAT', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC'].includes(type);
}

/** Beyond 2^53 a number stays text. */
function number(text: string): unknown {
  const parsed = Number(text);
  return Number.isInteger(parsed) && !Number.isSafeInteger(parsed) ? text : parsed;
}

function compared(actual: Rows, expected: Rows): Outcome {
  if (same(actual, expected)) return { kind: 'right' };
  return { kind: 'wrong', detail: `got ${JSON.stringify(actual)}, expected ${JSON.stringify(expected)}` };
}

function same(actual: unknown, expected: unknown): boolean {
  if (typeof actual === 'number' && typeof expected === 'number') return close(actual, expected);
  if (Array.isArray(actual) && Array.isArray(expected)) {
    return actual.length === expected.length && actual.every((item, index) => same(item, expected[index]));
  }
  if (!isRecord(actual) || !isRecord(expected)) return isDeepStrictEqual(actual, expected);
  const names = Object.keys(expected);
  return (
    names.length === Object.keys(actual).length && names.every((name) => same(actual[name], expected[name]))
  );
}

function isRecord(candidate: unknown): candidate is Readonly<Record<string, unknown>> {
  return typeof candidate === 'object' && candidate !== null && !Array.isArray(candidate);
}

function close(actual: number, expected: number): boolean {
  return actual === expected || Math.abs(actual - expected) <= 1e-9 * Math.abs(expected);
}
