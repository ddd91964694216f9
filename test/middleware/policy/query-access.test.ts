import { describe, expect, it } from 'vitest';
import { fromHttpRequest } from '../../../src/call/normalise.ts';
import { queryAccess } from '../../../src/middleware/policy/query-access.ts';
import { analyse, staticCatalog } from '../../../src/sql/index.ts';

const catalog = staticCatalog({
  tables: [
    { name: 'acme.shop.orders', columns: { id: 'INT64', note: 'STRING' } },
    { name: 'acme.hr.people', columns: { name: 'STRING' } },
  ],
});

/** What a text does, as `operation object`. */
async function does(sql: string): Promise<readonly string[]> {
  const body = { query: sql };
  const call = fromHttpRequest({ method: 'POST', url: '/bigquery/v2/projects/acme/queries', body });
  const { facts } = await analyse(sql, { catalog, project: 'acme' });
  const pairs = queryAccess(call, { sql, settings: body, dryRun: false }, facts);
  return pairs.map(({ operation, object }) => [operation, ...Object.values(object).slice(1)].join(' '));
}

describe('a statement', () => {
  it.each([
    ['SELECT 1', ['read']],
    ['SELECT id FROM shop.orders', ['read acme shop orders']],
    [
      'INSERT INTO shop.orders (id) SELECT 1 FROM hr.people',
      ['write acme shop orders', 'read acme hr people'],
    ],
    ['CREATE TABLE shop.copy AS SELECT id FROM shop.orders', ['ddl acme shop copy', 'read acme shop orders']],
    ['DROP TABLE shop.orders', ['ddl acme shop orders']],
  ])('%s', async (sql, expected) => {
    const found = await does(sql);
    expect(found).toEqual(expect.arrayContaining(expected));
  });

  it.each([
    'DROP SCHEMA shop CASCADE',
    'CREATE SCHEMA `partner`.loot',
    'ALTER SCHEMA shop SET OPTIONS (description = "x")',
    "CREATE CAPACITY `acme.region-us.c` OPTIONS (slot_count = 1000, plan = 'FLEX')",
    'CREATE FUNCTION shop.f(x INT64) AS (x + 1)',
    'DROP FUNCTION shop.f',
    'CREATE PROCEDURE shop.p() BEGIN SELECT 1; END',
    'SELECT 1; DROP SCHEMA shop',
    'BEGIN DROP SCHEMA shop; END',
    'IF TRUE THEN DROP SCHEMA shop; END IF',
    'GRANT `roles/bigquery.dataViewer` ON SCHEMA shop TO "user:eve@example.com"',
    'CREATE ROW ACCESS POLICY p ON shop.orders GRANT TO ("allUsers") FILTER USING (TRUE)',
    'UNDROP SCHEMA shop',
  ])('%s is never only a read', async (sql) => {
    const { facts } = await analyse(sql, { catalog, project: 'acme' });
    const found = facts.gaps.length > 0 ? ['refused'] : await does(sql);
    expect(found.some((each) => !each.startsWith('read'))).toBe(true);
  });
});
