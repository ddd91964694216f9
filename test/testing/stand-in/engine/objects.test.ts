import { expect, test } from 'vitest';
import {
  openEngine,
  type JsonRow,
  type TableField,
  type WireParameter,
} from '../../../../src/testing/stand-in/engine/engine.ts';
import { now, plain, rowsOf, useShop } from './shop.ts';

const run = useShop();
const everyType: readonly TableField[] = [
  { name: 's', type: 'STRING' },
  { name: 'y', type: 'BYTES' },
  { name: 'i', type: 'INTEGER' },
  { name: 'f', type: 'FLOAT64' },
  { name: 'n', type: 'NUMERIC' },
  { name: 'big', type: 'BIGNUMERIC' },
  { name: 'b', type: 'BOOL' },
  { name: 'ts', type: 'TIMESTAMP' },
  { name: 'd', type: 'DATE' },
  { name: 't', type: 'TIME' },
  { name: 'dt', type: 'DATETIME' },
  { name: 'j', type: 'JSON' },
  {
    name: 'r',
    type: 'RECORD',
    fields: [
      { name: 'a', type: 'INT64' },
      { name: 'l', type: 'STRING', mode: 'REPEATED' },
    ],
  },
];
const row: JsonRow = {
  s: 'x',
  y: 'YWI=',
  i: '9007199254740993',
  f: 1.5,
  n: '1.25',
  big: '2.5',
  b: true,
  ts: '2024-01-01T00:00:00Z',
  d: '2024-01-02',
  t: '10:20:30',
  dt: '2024-01-02T03:04:05',
  j: '{"b":1,"a":2}',
  r: { a: 1, l: ['p', 'q'] },
};
const wire = [
  'x',
  'YWI=',
  '9007199254740993',
  '1.5',
  '1.25',
  '2.5',
  'true',
  '1704067200000000',
  '2024-01-02',
  '10:20:30',
  '2024-01-02T03:04:05',
  '{"a":2,"b":1}',
  ['1', ['p', 'q']],
];

async function typed(): Promise<Awaited<ReturnType<typeof openEngine>>> {
  const engine = await openEngine({ now: () => now });
  await engine.createDataset({ projectId: 'p', datasetId: 'd' });
  await engine.createTable({ projectId: 'p', datasetId: 'd', tableId: 't', schema: everyType });
  return engine;
}
const id = { projectId: 'p', datasetId: 'd', tableId: 't' };

test('rows of every type come back as BigQuery writes them', async () => {
  const engine = await typed();
  expect(await engine.appendRows(id, [row])).toEqual([]);
  const page = await engine.readRows(id);
  expect([page.totalRows, page.rows.map(plain)]).toEqual([1, [wire]]);
  const result = await engine.query({ sql: 'SELECT * FROM d.t', project: 'p', parameters: [] });
  expect(rowsOf(result)).toEqual([wire]);
  expect(result.schema?.map((field) => field.type)).toEqual([
    'STRING',
    'BYTES',
    'INTEGER',
    'FLOAT',
    'NUMERIC',
    'BIGNUMERIC',
    'BOOLEAN',
    'TIMESTAMP',
    'DATE',
    'TIME',
    'DATETIME',
    'JSON',
    'RECORD',
  ]);
  await engine.close();
});

test('bytes are those of the columns read, by the documented sizes', async () => {
  const engine = await typed();
  await engine.appendRows(id, [row, {}]);
  const bytes = async (sql: string): Promise<number> =>
    (await engine.query({ sql, project: 'p', parameters: [], dryRun: true })).totalBytesProcessed;
  expect(await bytes('SELECT COUNT(*) FROM d.t')).toBe(0);
  expect(await bytes('SELECT i FROM d.t')).toBe(8);
  expect(await bytes('SELECT s FROM d.t WHERE i > 0')).toBe(11);
  expect(await bytes('SELECT n, big, b, d FROM d.t')).toBe(57);
  expect(await bytes('SELECT r.a FROM d.t')).toBe(8);
  expect(await bytes('SELECT r FROM d.t')).toBe(14);
  await engine.close();
});

test('one bad row stops all unless invalid rows may be skipped', async () => {
  const engine = await typed();
  const rows = [{ i: 1 }, { i: 'x' }, { zzz: 1 }];
  expect(await engine.appendRows(id, rows)).toEqual([
    { index: 0, errors: [{ reason: 'stopped', location: '', message: '' }] },
    {
      index: 1,
      errors: [{ reason: 'invalid', location: 'i', message: 'Cannot convert value to integer (bad value).' }],
    },
    { index: 2, errors: [{ reason: 'invalid', location: 'zzz', message: 'no such field: zzz.' }] },
  ]);
  expect((await engine.readRows(id)).totalRows).toBe(0);
  await engine.appendRows(id, rows, { skipInvalidRows: true });
  expect((await engine.readRows(id)).totalRows).toBe(1);
  await engine.close();
});

test('pages and chosen fields, also within records', async () => {
  const engine = await typed();
  await engine.appendRows(id, [
    { ...row, s: 'a' },
    { ...row, s: 'b' },
    { ...row, s: 'c' },
  ]);
  const page = await engine.readRows(id, { startIndex: 1, maxResults: 1, selectedFields: ['r.l', 's'] });
  expect(page.rows.map(plain)).toEqual([['b', [['p', 'q']]]]);
  expect(page.schema.map((field) => field.name)).toEqual(['s', 'r']);
  await engine.close();
});

test('a schema grows by NULLABLE columns and no other way', async () => {
  const engine = await typed();
  await engine.appendRows(id, [{ s: 'x' }]);
  const grown = await engine.patchTable(id, {
    schema: [...everyType, { name: 'more', type: 'STRING', mode: 'REPEATED' }],
    labels: { a: 'b' },
  });
  expect([grown.schema.length, grown.labels, grown.numRows, grown.numBytes]).toEqual([14, { a: 'b' }, 1, 3]);
  await expect(engine.patchTable(id, { schema: everyType.slice(1) })).rejects.toThrow(
    'Field s is missing in new schema',
  );
  await engine.close();
});

test('a copy is a table of its own', async () => {
  const engine = await typed();
  await engine.appendRows(id, [row]);
  const copy = { ...id, tableId: 'copy' };
  expect((await engine.copyTable(id, copy)).numRows).toBe(1);
  await engine.truncateTable(id);
  expect((await engine.readRows(copy)).rows.map(plain)).toEqual([wire]);
  await expect(engine.copyTable(id, copy)).rejects.toThrow('Already Exists');
  await engine.close();
});

test('what is not there is not found, what is there is a duplicate', async () => {
  const engine = await typed();
  await expect(engine.getTable({ ...id, tableId: 'no' })).rejects.toMatchObject({
    reason: 'notFound',
    message: 'Not found: Table p:d.no',
  });
  await expect(engine.getDataset({ projectId: 'p', datasetId: 'no' })).rejects.toMatchObject({
    reason: 'notFound',
  });
  await expect(engine.createTable({ ...id, schema: [] })).rejects.toMatchObject({ reason: 'duplicate' });
  await expect(engine.deleteDataset(id)).rejects.toMatchObject({ reason: 'resourceInUse' });
  await engine.deleteDataset(id, { deleteContents: true });
  expect(await engine.listDatasets('p')).toEqual([]);
  await engine.close();
});

test('parameters of every type are values, never text of the query', async () => {
  const parameters: WireParameter[] = [
    { name: 's', parameterType: { type: 'STRING' }, parameterValue: { value: "x' OR '1'='1" } },
    {
      name: 'ts',
      parameterType: { type: 'TIMESTAMP' },
      parameterValue: { value: '2024-01-01 00:00:00+00:00' },
    },
    { name: 'n', parameterType: { type: 'NUMERIC' }, parameterValue: { value: '1.5' } },
    { name: 'b', parameterType: { type: 'BYTES' }, parameterValue: { value: 'YWI=' } },
    {
      name: 'a',
      parameterType: { type: 'ARRAY', arrayType: { type: 'INT64' } },
      parameterValue: { arrayValues: [{ value: '1' }, { value: '4' }] },
    },
    {
      name: 'r',
      parameterType: {
        type: 'STRUCT',
        structTypes: [
          { name: 'k', type: { type: 'BOOL' } },
          { name: 'd', type: { type: 'DATE' } },
        ],
      },
      parameterValue: { structValues: { k: { value: 'true' }, d: { value: '2024-01-02' } } },
    },
    { name: 'z', parameterType: { type: 'INT64' }, parameterValue: { value: null } },
  ];
  const result = await run(
    'SELECT @s, @ts, @n, @b, @a, @r.k, @r.d, @z, ARRAY(SELECT name FROM people WHERE id IN UNNEST(@a) ORDER BY id)',
    { parameters },
  );
  expect(rowsOf(result)).toEqual([
    [
      "x' OR '1'='1",
      '1704067200000000',
      '1.5',
      'YWI=',
      ['1', '4'],
      'true',
      '2024-01-02',
      null,
      ['Ada', 'Dan'],
    ],
  ]);
});

test('a dry run says schema, tables and bytes, and changes nothing', async () => {
  const result = await run('SELECT name, joined FROM people', { dryRun: true });
  expect(result).toEqual({
    statementType: 'SELECT',
    schema: [
      { name: 'name', type: 'STRING', mode: 'NULLABLE' },
      { name: 'joined', type: 'DATE', mode: 'NULLABLE' },
    ],
    rows: [],
    totalBytesProcessed: 53,
    referencedTables: [{ projectId: 'acme', datasetId: 'shop', tableId: 'people' }],
  });
  await run('DELETE FROM people WHERE TRUE', { dryRun: true });
  expect(rowsOf(await run('SELECT COUNT(*) FROM people'))).toEqual([['4']]);
});

test('an aborted query stops, the next one runs', async () => {
  const controller = new AbortController();
  const slow = run(
    'SELECT COUNT(*) FROM UNNEST(GENERATE_ARRAY(1, 30000)) AS a, UNNEST(GENERATE_ARRAY(1, 30000)) AS b WHERE MOD(a * b, 7) = 3',
    { signal: controller.signal },
  );
  setTimeout(() => controller.abort(), 50);
  await expect(slow).rejects.toMatchObject({ reason: 'stopped' });
  expect(rowsOf(await run('SELECT 1'))).toEqual([['1']]);
});
