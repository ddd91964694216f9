import { expect, test } from 'vitest';
import { EngineError } from '../../../../src/testing/stand-in/engine/engine.ts';
import { useShop } from './shop.ts';

const run = useShop();

const refusals: readonly (readonly [sql: string, reason: string, message: string])[] = [
  ['SELECT nope FROM people', 'invalidQuery', 'Unrecognized name: nope at [1:8]'],
  ['SELECT people.nope FROM people', 'invalidQuery', 'Name nope not found inside people at [1:15]'],
  ['SELECT id AS x, x + 1 FROM people', 'invalidQuery', 'Unrecognized name: x at [1:17]'],
  [
    'SELECT id FROM people JOIN sales ON people.id = sales.person',
    'invalidQuery',
    'Column name id is ambiguous at [1:8]',
  ],
  ['SELECT * FROM nosuch', 'notFound', 'Not found: Table acme:shop.nosuch was not found in location US'],
  ['SELECT * FROM ds.t', 'notFound', 'Not found: Dataset acme:ds was not found in location US'],
  ['SELECT 1/0', 'invalidQuery', 'division by zero: 1 / 0'],
  ['SELECT [1, 2][OFFSET(9)]', 'invalidQuery', 'Array index 9 is out of bounds'],
  ['SELECT [1, 2][ORDINAL(0)]', 'invalidQuery', 'Array index 0 is out of bounds'],
  ['SELECT 9223372036854775807 + 1', 'invalidQuery', 'int64 overflow: 9223372036854775807 + 1'],
  ["SELECT CAST('x' AS INT64)", 'invalidQuery', 'Bad int64 value: x'],
  [
    "SELECT 'a' + 1",
    'invalidQuery',
    'No matching signature for operator + for argument types: STRING, INT64 at [1:8]',
  ],
  [
    "SELECT DATE '2024-01-01' = TIMESTAMP '2024-01-01'",
    'invalidQuery',
    'No matching signature for operator = for argument types: DATE, TIMESTAMP at [1:8]',
  ],
  [
    'SELECT LENGTH(5)',
    'invalidQuery',
    'No matching signature for function LENGTH for argument types: INT64 at [1:8]',
  ],
  [
    'SELECT ARRAY_AGG(email) FROM people',
    'invalidQuery',
    'Array cannot have a null element; error in writing field f0_',
  ],
  ['SELECT (SELECT id FROM people)', 'invalidQuery', 'Scalar subquery produced more than one element'],
  [
    'SELECT 1 AS a, 2 AS A',
    'invalidQuery',
    'Duplicate column names in the result are not supported. Found duplicate(s): A',
  ],
  [
    'SELECT country, name FROM people GROUP BY country',
    'invalidQuery',
    'SELECT list expression references a column which is neither grouped nor aggregated',
  ],
  ["SELECT ERROR('boom')", 'invalidQuery', 'boom'],
  ['CREATE TABLE people (id INT64)', 'duplicate', 'Already Exists: Table acme:shop.people'],
  [
    'SELECT HLL_COUNT.INIT(id) FROM people',
    'notImplemented',
    'The stand-in does not support the function HLL_COUNT.INIT',
  ],
  [
    'SELECT * FROM ML.PREDICT(MODEL shop.m, TABLE shop.people)',
    'notImplemented',
    'The stand-in does not support the table function ML.PREDICT',
  ],
  [
    'SELECT * FROM people MATCH_RECOGNIZE (ORDER BY id MEASURES MAX(name) AS n PATTERN (a) DEFINE a AS id > 0)',
    'notImplemented',
    'The stand-in does not support MATCH_RECOGNIZE',
  ],
  [
    'SELECT WITH DIFFERENTIAL_PRIVACY OPTIONS (epsilon = 1, privacy_unit_column = id) COUNT(*) FROM people',
    'notImplemented',
    'The stand-in does not support SELECT WITH DIFFERENTIAL_PRIVACY',
  ],
  [
    "EXPORT DATA OPTIONS (uri = 'gs://b/*') AS SELECT 1",
    'notImplemented',
    'The stand-in does not support EXPORT DATA',
  ],
  [
    "SELECT REGEXP_EXTRACT('b', r'(a)?b')",
    'notImplemented',
    'The stand-in does not support an optional group of a regular expression that matched nothing',
  ],
  [
    'SELECT REGEXP_EXTRACT(name, country) FROM people',
    'notImplemented',
    'The stand-in does not support REGEXP functions with a pattern that is not a literal or parameter',
  ],
  ["SELECT BIGNUMERIC '1' / 3", 'notImplemented', 'The stand-in does not support division of BIGNUMERIC'],
];

test.each(refusals)('%s', async (sql, reason, message) => {
  const error = await run(sql).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(EngineError);
  expect(error).toMatchObject({ reason, message });
});

test('a time before the creation of a table is no time of it', async () => {
  const past = 'TIMESTAMP_SUB(CURRENT_TIMESTAMP(), INTERVAL 1 HOUR)';
  await expect(run(`SELECT COUNT(*) FROM people FOR SYSTEM_TIME AS OF ${past}`)).rejects.toThrow(
    'creation time',
  );
});

test('files and network are out of reach of a query', async () => {
  await expect(run("SELECT * FROM read_csv('/etc/passwd')")).rejects.toThrow(
    'does not support the table function',
  );
  await expect(run("SELECT read_text('/etc/passwd')")).rejects.toThrow(
    'does not support the function READ_TEXT',
  );
  await expect(run('SELECT * FROM `/etc/passwd`')).rejects.toThrow('Not found');
});

test('the engine lives on after every error', async () => {
  await expect(run('SELECT 1 +')).rejects.toThrow('Syntax error');
  expect((await run('SELECT 1')).rows).toEqual([{ f: [{ v: '1' }] }]);
});

test('NaN, overflow to infinity and unknown time zones are errors, never wrong answers', async () => {
  await expect(run("SELECT CAST('nan' AS FLOAT64)")).rejects.toThrow('does not support NaN');
  await expect(run('SELECT IEEE_DIVIDE(0, 0)')).rejects.toThrow('does not support NaN');
  await expect(run('SELECT 1e308 * 10')).rejects.toThrow('Floating point overflow');
  await expect(run("SELECT DATETIME(sold, 'Nowhere/City') FROM sales")).rejects.toThrow(
    'Invalid time zone: Nowhere/City',
  );
});

test('a failure that no row reaches is none', async () => {
  const rows =
    await run(`SELECT IF(id = 99, ERROR('boom'), 'fine'), ARRAY_LENGTH(GENERATE_ARRAY(1, 3, id)), EXP(id) > 1, POW(id, 2)
    FROM people WHERE id = 1`);
  expect(rows.rows).toEqual([{ f: [{ v: 'fine' }, { v: '3' }, { v: 'true' }, { v: '1.0' }] }]);
});
