import { expect, test } from 'vitest';
import { rowsOf, useShop } from './shop.ts';

const run = useShop();
const counts = (inserted: number, updated: number, deleted: number): object => ({
  insertedRowCount: inserted,
  updatedRowCount: updated,
  deletedRowCount: deleted,
});

test('INSERT takes defaults, scales of NUMERIC and empty arrays', async () => {
  await run(`CREATE TABLE made (id INT64 NOT NULL, v STRING DEFAULT 'dd', n NUMERIC(5, 2), a ARRAY<INT64>)`);
  const result = await run('INSERT INTO made (id, n) VALUES (1, 1.239), (2, NULL)');
  expect(result.dml).toEqual(counts(2, 0, 0));
  expect(rowsOf(await run('SELECT * FROM made ORDER BY id'))).toEqual([
    ['1', 'dd', '1.24', []],
    ['2', 'dd', null, []],
  ]);
});

test('values that do not fit their column are refused', async () => {
  await run('CREATE TABLE strict (id INT64 NOT NULL, s STRING(3), n NUMERIC(4, 1))');
  await expect(run('INSERT INTO strict (s) VALUES (NULL)')).rejects.toThrow(
    'Required field id cannot be null',
  );
  await expect(run(`INSERT INTO strict (id, s) VALUES (1, 'four')`)).rejects.toThrow(
    'exceeds the maximum length 3',
  );
  await expect(run('INSERT INTO strict (id, n) VALUES (1, 1234.5)')).rejects.toThrow('too many digits');
  await expect(run('INSERT INTO strict (id, s) VALUES (1, 5)')).rejects.toThrow(
    'Value has type INT64 which cannot be inserted into column s, which has type STRING at [1:39]',
  );
  expect(rowsOf(await run('SELECT COUNT(*) FROM strict'))).toEqual([['0']]);
});

test('UPDATE sets columns, nested fields and values of another table', async () => {
  await run('CREATE TABLE changing AS SELECT id, name, home FROM people');
  const nested = await run(`UPDATE changing SET home.zip = 'Z', name = UPPER(name) WHERE id = 1`);
  expect(nested.dml).toEqual(counts(0, 1, 0));
  const joined = await run(
    'UPDATE changing AS c SET name = CONCAT(c.name, s.status) FROM sales AS s WHERE s.person = c.id AND s.id = 12',
  );
  expect(joined.dml).toEqual(counts(0, 1, 0));
  expect(rowsOf(await run('SELECT * FROM changing WHERE id < 3 ORDER BY id'))).toEqual([
    ['1', 'ADA', ['London', 'Z']],
    ['2', 'Bobpaid', ['Austin', '73301']],
  ]);
});

test('UPDATE with two source rows for one target row changes nothing', async () => {
  await run('CREATE TABLE doubled AS SELECT 1 AS id, 0 AS v');
  await expect(run('UPDATE doubled AS d SET v = s.id FROM sales AS s WHERE s.person = d.id')).rejects.toThrow(
    'UPDATE must match at most one source row for each target row',
  );
  expect(rowsOf(await run('SELECT v FROM doubled'))).toEqual([['0']]);
});

test('UPDATE and DELETE without WHERE are refused', async () => {
  await expect(run('UPDATE people SET name = NULL')).rejects.toThrow('UPDATE must have a WHERE clause');
  await expect(run('DELETE FROM people')).rejects.toThrow('WHERE');
});

test('MERGE applies the first clause that fits and counts each kind', async () => {
  await run(`CREATE TABLE merged AS SELECT * FROM UNNEST([STRUCT(1 AS id, 'a' AS v), (2, 'b'), (9, 'z')])`);
  const result = await run(`MERGE merged AS t USING (SELECT id, name FROM people) AS s ON t.id = s.id
    WHEN MATCHED AND s.id = 1 THEN DELETE
    WHEN MATCHED THEN UPDATE SET v = CONCAT(t.v, s.name)
    WHEN NOT MATCHED THEN INSERT (id, v) VALUES (s.id, s.name)
    WHEN NOT MATCHED BY SOURCE THEN UPDATE SET v = 'gone'`);
  expect(result.dml).toEqual(counts(2, 2, 1));
  expect(rowsOf(await run('SELECT * FROM merged ORDER BY id'))).toEqual([
    ['2', 'bBob'],
    ['3', 'Cleo'],
    ['4', 'Dan'],
    ['9', 'gone'],
  ]);
});

test('DELETE and TRUNCATE say how many rows went', async () => {
  await run('CREATE TABLE fading AS SELECT id FROM people');
  const result = await run(`DELETE FROM fading WHERE id IN (SELECT person FROM sales WHERE status = 'paid')`);
  expect(result.dml).toEqual(counts(0, 0, 2));
  expect((await run('TRUNCATE TABLE fading')).dml).toEqual(counts(0, 0, 2));
});

test('CREATE, REPLACE, ALTER and DROP say what they did to which table', async () => {
  const target = { projectId: 'acme', datasetId: 'shop', tableId: 'ddl' };
  const said = async (sql: string): Promise<unknown> => {
    const { statementType, ddlOperation, ddlTarget } = await run(sql);
    return [statementType, ddlOperation, ddlTarget];
  };
  expect(await said('CREATE TABLE ddl (id INT64)')).toEqual(['CREATE_TABLE', 'CREATE', target]);
  expect(await said('CREATE TABLE IF NOT EXISTS ddl (id INT64)')).toEqual(['CREATE_TABLE', 'SKIP', target]);
  expect(await said('CREATE OR REPLACE TABLE ddl AS SELECT 1 AS id')).toEqual([
    'CREATE_TABLE_AS_SELECT',
    'REPLACE',
    target,
  ]);
  expect(await said('ALTER TABLE ddl ADD COLUMN more STRING')).toEqual(['ALTER_TABLE', 'ALTER', target]);
  await run('ALTER TABLE ddl RENAME COLUMN more TO less');
  expect((await run('SELECT * FROM ddl')).schema).toEqual([
    { name: 'id', type: 'INTEGER', mode: 'NULLABLE' },
    { name: 'less', type: 'STRING', mode: 'NULLABLE' },
  ]);
  expect(await said('DROP TABLE ddl')).toEqual(['DROP_TABLE', 'DROP', target]);
  await expect(run('DROP TABLE ddl')).rejects.toThrow(
    'Not found: Table acme:shop.ddl was not found in location US',
  );
});

test('a view is its query, also with the default dataset of its making', async () => {
  await run('CREATE VIEW counted AS SELECT country, COUNT(*) AS n FROM people GROUP BY country');
  expect(
    rowsOf(
      await run(`SELECT n FROM shop.counted WHERE country = 'US'`, {
        defaultDataset: { projectId: 'acme', datasetId: 'other' },
      }),
    ),
  ).toEqual([['2']]);
});

test('a wildcard reads all tables with the prefix and tells them apart', async () => {
  await run('CREATE TABLE log_01 AS SELECT 1 AS id');
  await run(`CREATE TABLE log_02 AS SELECT 2 AS id, 'x' AS note`);
  const result = await run('SELECT _TABLE_SUFFIX AS s, id, note FROM `shop.log_*` ORDER BY s');
  expect(rowsOf(result)).toEqual([
    ['01', '1', null],
    ['02', '2', 'x'],
  ]);
  expect(result.referencedTables.map((table) => table.tableId)).toEqual(['log_01', 'log_02']);
});

test('dynamic tables of a query job are made, appended to and replaced', async () => {
  const destination = { projectId: 'acme', datasetId: 'shop', tableId: 'kept' };
  await run('SELECT 1 AS x', { destination });
  await expect(run('SELECT 1 AS x', { destination })).rejects.toThrow('Already Exists');
  await run('SELECT 2 AS x', { destination, writeDisposition: 'WRITE_APPEND' });
  expect(rowsOf(await run('SELECT x FROM kept ORDER BY x'))).toEqual([['1'], ['2']]);
  await run('SELECT 3 AS x', { destination, writeDisposition: 'WRITE_TRUNCATE' });
  expect(rowsOf(await run('SELECT x FROM kept'))).toEqual([['3']]);
});

test('a field of a NULL struct cannot be set', async () => {
  await run('CREATE TABLE homeless AS SELECT id, home FROM people WHERE home IS NULL');
  await expect(run(`UPDATE homeless SET home.city = 'Rome' WHERE TRUE`)).rejects.toThrow(
    'Cannot set field of NULL STRUCT',
  );
});
