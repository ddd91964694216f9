import { expect, test } from 'vitest';
import { look } from '../shop.ts';

/** Each text reads `hr.staff`, in a way that a careless reader does not see. */
const hidden: readonly string[] = [
  'SELECT 1 /* sql-parser-cst-disable */ FROM hr.staff /* sql-parser-cst-enable */',
  String.raw`SELECT r'\' , ' AS a FROM hr.staff -- '`,
  String.raw`SELECT rb"\"" AS a, name FROM hr.staff -- "`,
  String.raw`SELECT r'''\'''' AS a FROM hr.staff -- '''`,
  'SELECT 1 AS `a\\`b` FROM hr.staff',
  'SELECT name FROM `hr`.`st\\u0061ff`',
  'SELECT name FROM `hr.st\\x61ff`',
  'SELECT id-0 FROM hr.staff',
  'SELECT s.id-salary FROM hr.staff AS s',
  '#legacySQL\nSELECT name FROM hr.staff',
  '#standardSQL\nSELECT name FROM hr.staff',
  'SELECT 1 -- x\rFROM hr.staff',
  'SELECT 1\u00A0FROM hr.staff',
  'SELECT 1\vFROM hr.staff',
  'SELECT name FROM hr.st\u0430ff',
  'SELECT name FROM hr.\uFF53taff',
  'SELECT name FROM hr.sta\u200Bff',
  'FROM hr.staff |> SELECT name',
  'SELECT WITH(a AS (SELECT MAX(name) FROM hr.staff), a)',
  'SELECT ARRAY_FILTER([1], e -> e IN (SELECT id FROM hr.staff))',
  'SELECT id FROM customers UNION ALL BY NAME SELECT id FROM hr.staff',
  'SELECT id FROM customers INNER UNION ALL CORRESPONDING SELECT id FROM hr.staff',
  'SELECT * FROM ML.PREDICT(MODEL shop.m, TABLE hr.staff)',
  'SELECT * FROM ML.PREDICT(MODEL shop.m, (SELECT * FROM hr.staff))',
  'CREATE MODEL shop.m OPTIONS (model_type = "linear_reg") AS SELECT id FROM hr.staff',
  '@{a=1} SELECT id FROM hr.staff @{b=2}',
  "SELECT 'a' 'b' FROM hr.staff",
  "SELECT name FROM hr.staff WHERE name LIKE ANY ('a', 'b')",
  'SELECT name FROM hr.staff ORDER BY id NULLS LAST',
  'SELECT name FROM hr.staff FOR SYSTEM_TIME AS OF CURRENT_TIMESTAMP()',
  "SELECT EXTRACT(HOUR FROM CURRENT_TIMESTAMP() AT TIME ZONE 'UTC') FROM hr.staff",
  'EXPLAIN SELECT name FROM hr.staff',
  'SELECT name FROM [p:hr.staff]',
];

test.each(hidden)('%j shows its table or is refused', async (sql) => {
  const { facts } = await look(sql);
  const seen = facts.tables.some(({ name }) => name.dataset === 'hr' && name.name === 'staff');
  expect(seen || facts.gaps.length > 0).toBe(true);
});

test('a raw string that ends early hides no table', async () => {
  const { facts } = await look(String.raw`SELECT r'a\'', name FROM hr.staff -- '`);
  expect([facts.tables.map(({ name }) => name.name), facts.gaps]).toEqual([['staff'], []]);
});
