import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  openEngine,
  type DatasetReference,
  type Engine,
  type EngineResult,
  type QueryRequest,
  type WireValue,
} from '../../../../src/testing/stand-in/engine/engine.ts';

export const project = 'acme';
export const defaultDataset: DatasetReference = { projectId: project, datasetId: 'shop' };
export const now: Date = new Date('2024-06-01T12:00:00Z');

const tables = [
  `CREATE TABLE people (id INT64, name STRING, email STRING, country STRING, joined DATE, tags ARRAY<STRING>, home STRUCT<city STRING, zip STRING>)`,
  `INSERT INTO people VALUES
    (1, 'Ada', 'ada@example.com', 'GB', '2024-01-15', ['vip', 'eu'], STRUCT('London', 'N1')),
    (2, 'Bob', 'bob@example.com', 'US', '2024-02-20', ['us'], STRUCT('Austin', '73301')),
    (3, 'Cleo', NULL, 'FR', '2024-03-05', [], STRUCT('Paris', '75001')),
    (4, 'Dan', 'dan@test.org', 'US', '2023-12-31', ['vip', 'us'], NULL)`,
  `CREATE TABLE sales (id INT64, person INT64, amount NUMERIC, status STRING, sold TIMESTAMP, items ARRAY<STRUCT<sku STRING, qty INT64, price FLOAT64>>, extra JSON)`,
  `INSERT INTO sales VALUES
    (10, 1, 100.50, 'paid', '2024-03-01 10:00:00+00', [STRUCT('A', 2, 10.0), STRUCT('B', 1, 80.5)], JSON '{"via":"web","n":3,"tags":["x","y"]}'),
    (11, 1, 20, 'open', '2024-03-02 23:30:00+00', [STRUCT('A', 1, 20.0)], JSON '{"via":"app","n":5}'),
    (12, 2, 50.25, 'paid', '2024-03-10 08:15:30+00', [], NULL),
    (13, 4, 75, 'void', '2024-02-28 12:00:00+00', [STRUCT('C', 3, 25.0)], JSON '{"via":"web","n":null}')`,
];

/** A value as compared: everything scalar is BigQuery's text, arrays and structs are lists. */
export type Plain = string | null | readonly Plain[];

export function plain(value: WireValue): Plain {
  if (value === null || typeof value === 'string') return value;
  return 'f' in value ? value.f.map((cell) => plain(cell.v)) : value.map((cell) => plain(cell.v));
}

export function rowsOf(result: EngineResult): readonly Plain[] {
  return result.rows.map(plain);
}

/** An engine with the little shop in it, for the tests of one file. */
export function useShop(): (sql: string, more?: Partial<QueryRequest>) => Promise<EngineResult> {
  let engine: Engine;
  const run = async (sql: string, more: Partial<QueryRequest> = {}): Promise<EngineResult> =>
    engine.query({ sql, project, defaultDataset, parameters: [], ...more });
  beforeAll(async () => {
    engine = await openEngine({ now: () => now });
    await engine.createDataset(defaultDataset);
    for (const sql of tables) await run(sql);
  });
  afterAll(async () => engine.close());
  return run;
}

export type Case = readonly [sql: string, ...rows: Plain[]];

/** Each statement answers exactly these rows. */
export function answers(cases: readonly Case[]): void {
  const run = useShop();
  test.each(cases.map(([sql, ...rows]) => ({ sql, rows })))('$sql', async ({ sql, rows }) => {
    expect(rowsOf(await run(sql))).toEqual(rows);
  });
}

/** Each expression has this value; all of one file share a table-less SELECT apiece. */
export function values(cases: Readonly<Record<string, Plain>>): void {
  answers(Object.entries(cases).map(([expression, value]) => [`SELECT ${expression}`, [value]] as const));
}
