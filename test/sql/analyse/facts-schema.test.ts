import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { factsJsonSchema } from '../../../.config/facts-schema.ts';
import { look } from '../shop.ts';

const judge = new Ajv2020().compile(factsJsonSchema());

test('the schema that is shipped is the one in the code; `npm run schema` writes it anew', async () => {
  const shipped = await readFile(new URL('../../../docs/facts.schema.json', import.meta.url), 'utf8');
  expect(JSON.parse(shipped)).toEqual(factsJsonSchema());
});

test.each([
  '',
  'SELECT',
  'SELECT 1',
  'SELECT *, @a, ? FROM customers, hr.staff WHERE @@project_id = "a" QUALIFY ROW_NUMBER() OVER () = 1',
  'SELECT c.address.city, shop.clean(name) FROM `logs.events_*` AS e JOIN customers AS c ON e.user_id = c.id',
  'SELECT mail FROM outer_view, shop.mails("DE"), UNNEST([1]), shop.INFORMATION_SCHEMA.TABLES',
  'SELECT a FROM itself, old, shop.nothing, t',
  'INSERT INTO orders (id) SELECT id FROM buyers',
  'MERGE orders AS o USING customers AS c ON o.id = c.id WHEN MATCHED THEN UPDATE SET status = c.name',
  'DECLARE x STRING; CREATE TEMP TABLE t AS SELECT email FROM customers; IF x = "a" THEN SELECT * FROM t; END IF',
  'DROP TABLE orders; GRANT `roles/x` ON TABLE orders TO "a"; EXECUTE IMMEDIATE "SELECT 1"; CALL shop.archive(1)',
  'EXPORT DATA OPTIONS (uri = "gs://a/*", format = "CSV") AS SELECT * FROM orders',
  'SELECT * FROM ML.PREDICT(MODEL shop.m, TABLE orders)',
  'FROM orders |> AGGREGATE COUNT(*) AS n GROUP BY status',
])('the facts of %j have the shape that is published', async (sql) => {
  const { facts } = await look(sql);
  judge(JSON.parse(JSON.stringify(facts)));
  expect(judge.errors).toBe(null);
});

test('facts with something added or missing have not', async () => {
  const { facts } = await look('SELECT 1');
  const { hash: _hash, ...rest } = facts;
  expect([judge(rest), judge({ ...facts, more: 1 }), judge({ ...facts, fingerprint: 'x' })]).toEqual([
    false,
    false,
    false,
  ]);
});
