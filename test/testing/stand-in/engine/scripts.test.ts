import { expect, test } from 'vitest';
import { rowsOf, useShop, type Plain } from './shop.ts';

const run = useShop();

const scripts: readonly (readonly [string, readonly Plain[]])[] = [
  ['DECLARE x INT64 DEFAULT 5; SET x = x + 1; SELECT x', [['6']]],
  ['DECLARE a, b INT64 DEFAULT 2; SET (a, b) = (3, a + b); SELECT a, b', [['3', '4']]],
  ['BEGIN IF FALSE THEN SELECT 1; ELSEIF TRUE THEN SELECT 2; ELSE SELECT 3; END IF; END', [['2']]],
  [
    'DECLARE i INT64 DEFAULT 0; WHILE TRUE DO SET i = i + 1; IF i = 3 THEN BREAK; END IF; END WHILE; SELECT i',
    [['3']],
  ],
  ['DECLARE i INT64 DEFAULT 0; REPEAT SET i = i + 1; UNTIL i >= 3 END REPEAT; SELECT i', [['3']]],
  [
    'DECLARE t INT64 DEFAULT 0; FOR r IN (SELECT id FROM people) DO SET t = t + r.id; END FOR; SELECT t',
    [['10']],
  ],
  ["CASE WHEN 1 = 2 THEN SELECT 'one'; ELSE SELECT 'two'; END CASE", [['two']]],
  ['BEGIN SELECT 1/0; EXCEPTION WHEN ERROR THEN SELECT @@error.message; END', [['division by zero: 1 / 0']]],
  ["BEGIN RAISE USING MESSAGE = 'oops'; EXCEPTION WHEN ERROR THEN SELECT @@error.message; END", [['oops']]],
  ["DECLARE a ARRAY<STRING> DEFAULT ['x', 'y']; SELECT v FROM UNNEST(a) AS v ORDER BY v", [['x'], ['y']]],
  ['CREATE TEMP TABLE tt AS SELECT 5 AS v; SELECT v FROM tt', [['5']]],
  [
    "DECLARE n INT64; EXECUTE IMMEDIATE 'SELECT COUNT(*) FROM people WHERE id > ?' INTO n USING 2; SELECT n",
    [['2']],
  ],
];

test.each(scripts)('%s', async (sql, rows) => {
  expect(rowsOf(await run(sql))).toEqual(rows);
});

test('a transaction that is rolled back leaves no row', async () => {
  await run('CREATE TABLE ledger (id INT64)');
  await run('BEGIN TRANSACTION; INSERT INTO ledger VALUES (1); ROLLBACK TRANSACTION;');
  await expect(run('BEGIN TRANSACTION; INSERT INTO ledger VALUES (2); SELECT 1/0;')).rejects.toThrow(
    'division by zero',
  );
  expect(rowsOf(await run('SELECT COUNT(*) FROM ledger'))).toEqual([['0']]);
});

test('a script answers with its last rows and lists what ran', async () => {
  const result = await run(
    'SELECT 1 AS a; CREATE TEMP TABLE t AS SELECT 2 AS b; SELECT b FROM t; INSERT INTO t VALUES (3);',
  );
  expect([result.statementType, rowsOf(result)]).toEqual(['SCRIPT', [['2']]]);
  expect(result.children?.map((child) => child.statementType)).toEqual([
    'SELECT',
    'CREATE_TABLE_AS_SELECT',
    'SELECT',
    'INSERT',
  ]);
});

test('an ASSERT that fails ends the script with its message', async () => {
  await expect(run("ASSERT 1 = 2 AS 'not equal'; SELECT 1")).rejects.toThrow('not equal');
});
