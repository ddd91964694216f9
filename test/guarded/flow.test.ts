import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { BigQuery, createGuard, withContext, type Guard } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

/** Where masked values could flow: both who sees masks and who sees all may write everything. */
let standIn: StandIn;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;

const run = async (...statements: readonly string[]): Promise<void> => {
  for (const sql of statements) await standIn.engine.query({ sql, project: 'acme', parameters: [] });
};

beforeAll(async () => {
  standIn = await startStandIn({ project: 'acme', seed: { datasets: ['shop', 'other'] } });
  folder = await mkdtemp(join(tmpdir(), 'flow-'));
  const config = parseConfig(`version: 1
project: acme
principal: { id: agent-a }
tags:
  pii: { columns: [shop.people.mail, shop.people.second] }
  other: { columns: [shop.people.note] }
rules:
  - { name: all, operations: [read, write, ddl, export, metadata, job], effect: allow }
masks:
  - { name: hide, tags: [pii], with: nullify, except: { groups: [cleared] } }
  - { name: hide-notes, tags: [other], with: nullify, except: { groups: [cleared] } }
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`);
  guard = createGuard({
    middleware: await buildMiddleware(config, { environment: {} }),
    principal: config.file.principal,
  });
  bigquery = new BigQuery({ ...standIn.clientOptions, guard });
}, 60_000);

beforeEach(async () => {
  await run(
    'CREATE OR REPLACE TABLE shop.people (id INT64, name STRING, mail STRING, second STRING, note STRING)',
    "INSERT INTO shop.people VALUES (1, 'Ada', 'ada@x.example', NULL, 'n')",
    'CREATE OR REPLACE TABLE other.open (id INT64, text STRING)',
  );
});

afterAll(async () => {
  await guard.close();
  await standIn.close();
  await rm(folder, { recursive: true });
});

async function outcome(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return JSON.parse(JSON.stringify(await work()));
  } catch (error) {
    if (isGuardError(error)) return error.guardCode;
    return error instanceof Error ? error.message : error;
  }
}

const query = (sql: string): Promise<unknown> => outcome(async () => (await bigquery.query(sql))[0]);
const cleared = <T>(work: () => T): T => withContext({ principal: { id: 'etl', groups: ['cleared'] } }, work);

const stored = async (sql: string): Promise<unknown> => {
  const { rows } = await standIn.engine.query({ sql, project: 'acme', parameters: [] });
  return rows.map(({ f }) => f.map(({ v }) => v));
};

describe('what a masked principal writes', () => {
  it.each([
    ['INSERT INTO other.open SELECT id, mail FROM shop.people', 'other.open'],
    [
      'MERGE other.open AS o USING shop.people AS p ON o.id = p.id WHEN NOT MATCHED THEN INSERT VALUES (p.id, p.mail)',
      'other.open',
    ],
    ['CREATE OR REPLACE TABLE other.made AS SELECT id, mail FROM shop.people', 'other.made'],
    ['CREATE OR REPLACE VIEW other.seen AS SELECT id, mail FROM shop.people', 'other.seen'],
  ])('is the mask: %s', async (sql, target) => {
    await query(sql);
    expect(await stored(`SELECT * FROM ${target}`)).toEqual([['1', null]]);
  });

  it('may depend on masks only', async () => {
    await query(`INSERT INTO other.open SELECT id, 'x' FROM shop.people WHERE mail LIKE 'ada%'`);
    expect(await stored('SELECT COUNT(*) FROM other.open')).toEqual([['0']]);
  });
});

describe('what takes masked columns to another place is refused to whoever sees masks', () => {
  it.each([
    ['CREATE TABLE other.copied COPY shop.people'],
    ['CREATE TABLE other.cloned CLONE shop.people'],
    ['CREATE SNAPSHOT TABLE other.kept CLONE shop.people'],
    ['ALTER TABLE shop.people RENAME TO renamed'],
    ['ALTER TABLE shop.people RENAME COLUMN mail TO post'],
    ['UPDATE shop.people SET name = mail WHERE TRUE'],
    [`UPDATE shop.people SET name = 'x' WHERE mail LIKE 'a%'`],
    [`DELETE FROM shop.people WHERE mail LIKE 'a%'`],
    [
      'MERGE shop.people AS p USING other.open AS o ON p.mail = o.text WHEN MATCHED THEN UPDATE SET name = o.text',
    ],
    [
      'MERGE shop.people AS p USING other.open AS o ON p.id = o.id WHEN NOT MATCHED BY SOURCE AND p.mail IS NULL THEN DELETE',
    ],
  ])('%s', async (sql) => {
    expect(await query(sql)).toMatch(/^ERR_/);
    expect(await stored('SELECT * FROM shop.people')).toEqual([['1', 'Ada', 'ada@x.example', null, 'n']]);
  });

  it('as jobs', async () => {
    const people = bigquery.dataset('shop').table('people');
    expect(await outcome(() => people.copy(bigquery.dataset('other').table('copied')))).toMatch(/^ERR_/);
  });
});

describe('what takes masked columns to where the mask does not follow is refused to whoever sees all', () => {
  it.each([
    ['INSERT INTO other.open SELECT id, mail FROM shop.people'],
    [`INSERT INTO other.open SELECT id, 'x' FROM shop.people WHERE mail LIKE 'a%'`],
    ['CREATE TABLE other.made AS SELECT id, UPPER(mail) AS loud FROM shop.people'],
    ['CREATE TABLE other.copied COPY shop.people'],
    ['CREATE TABLE other.cloned CLONE shop.people'],
    ['CREATE SNAPSHOT TABLE other.kept CLONE shop.people'],
    ['CREATE VIEW other.seen AS SELECT mail FROM shop.people'],
    ['CREATE MATERIALIZED VIEW other.kept AS SELECT mail FROM shop.people'],
    ['CREATE FUNCTION other.mail_of(n INT64) AS ((SELECT mail FROM shop.people WHERE id = n))'],
    ['CREATE TABLE FUNCTION other.mails() AS SELECT mail FROM shop.people'],
    ['ALTER TABLE shop.people RENAME TO renamed'],
    ['ALTER TABLE shop.people RENAME COLUMN mail TO post'],
    ['ALTER TABLE shop.people RENAME COLUMN mail TO note'],
    ['UPDATE shop.people SET name = mail WHERE TRUE'],
    ['UPDATE shop.people SET note = mail WHERE TRUE'],
    ['MERGE other.open AS o USING shop.people AS p ON o.text = p.mail WHEN MATCHED THEN DELETE'],
    ['DECLARE m STRING DEFAULT (SELECT MAX(mail) FROM shop.people); INSERT INTO other.open VALUES (1, m)'],
    [
      'CREATE TEMP TABLE kept AS SELECT mail FROM shop.people; INSERT INTO other.open SELECT 1, mail FROM kept',
    ],
    [`EXPORT DATA OPTIONS (uri = 'gs://b/*', format = 'CSV') AS SELECT mail FROM shop.people`],
  ])('%s', async (sql) => {
    expect(await cleared(() => query(sql))).toMatch(/^ERR_/);
    expect(await stored('SELECT * FROM other.open')).toEqual([]);
  });

  it('as jobs and results with a name', async () => {
    const shop = bigquery.dataset('shop');
    const target = bigquery.dataset('other').table('copied');
    await cleared(async () => {
      expect(await outcome(() => shop.table('people').copy(target))).toMatch(/^ERR_/);
      const named = { query: 'SELECT mail FROM shop.people', destination: target };
      expect(await outcome(() => bigquery.createQueryJob(named))).toMatch(/^ERR_/);
      expect(await outcome(() => bigquery.query(named))).toMatch(/^ERR_/);
    });
  });

  it('while a column that is masked alike may take them', async () => {
    expect(await cleared(() => query('UPDATE shop.people SET second = mail WHERE TRUE'))).toEqual([]);
    expect(await query('SELECT second FROM shop.people')).toEqual([{ second: null }]);
  });

  it('while what is not masked may be written and renamed', async () => {
    expect(await cleared(() => query('INSERT INTO other.open SELECT id, name FROM shop.people'))).toEqual([]);
    expect(await cleared(() => query('ALTER TABLE shop.people RENAME COLUMN name TO title'))).toEqual([]);
    expect(await query('ALTER TABLE other.open RENAME COLUMN text TO words')).toEqual([]);
  });
});

describe('what says something of a value says it of the mask', () => {
  it.each([
    [
      'SELECT FORMAT("%T %t", mail, p) AS f FROM shop.people AS p',
      [{ f: expect.not.stringContaining('ada@') }],
    ],
    ['SELECT TO_JSON_STRING(p) AS j FROM shop.people AS p', [{ j: expect.not.stringContaining('ada@') }]],
    ['SELECT JSON_VALUE(TO_JSON(p), "$.mail") AS j FROM shop.people AS p', [{ j: null }]],
    ['SELECT TO_JSON(STRUCT(mail)) AS j FROM shop.people', [{ j: '{"mail":null}' }]],
    [
      `BEGIN SELECT ERROR(IFNULL(mail, 'none')) FROM shop.people; EXCEPTION WHEN ERROR THEN SELECT @@error.message AS m; END`,
      [{ m: expect.stringContaining('none') }],
    ],
    [
      `DECLARE m STRING DEFAULT (SELECT mail FROM shop.people); BEGIN RAISE USING MESSAGE = IFNULL(m, 'none'); EXCEPTION WHEN ERROR THEN SELECT @@error.message AS m; END`,
      [{ m: 'none' }],
    ],
    [`EXECUTE IMMEDIATE 'SELECT mail FROM shop.people'`, 'ERR_SQL_UNPROVEN'],
  ])('%s', async (sql, rows) => {
    expect(await query(sql)).toEqual(rows);
  });

  it.each([
    [`SELECT ERROR(IFNULL(mail, 'none')) FROM shop.people`],
    [`SELECT CAST(IFNULL(mail, 'none') AS INT64) FROM shop.people`],
    [`RAISE USING MESSAGE = (SELECT IFNULL(MAX(mail), 'none') FROM shop.people)`],
    [`ASSERT (SELECT COUNT(mail) FROM shop.people) > 0 AS 'none'`],
  ])('as an error: %s', async (sql) => {
    const told = await query(sql);
    expect(told).toContain('none');
    expect(told).not.toContain('ada');
  });
});
