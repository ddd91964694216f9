import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { BigQuery, createGuard, type Guard } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

/** Views and routines over masked columns, on statements that really run. */
let standIn: StandIn;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: {
      datasets: ['shop', 'reports'],
      statements: [
        `CREATE TABLE shop.people (id INT64, mail STRING, salary INT64, pet STRUCT<name STRING, chip STRING>)`,
        `INSERT INTO shop.people VALUES (1, 'ada@x.example', 5, STRUCT('Rex', 'c-1')), (2, 'bob@x.example', 7, NULL), (3, NULL, 9, STRUCT('Tom', NULL))`,
        `CREATE VIEW shop.copied AS SELECT id, mail AS contact, pet FROM shop.people`,
        `CREATE VIEW shop.filtered AS SELECT id, UPPER(mail) AS loud FROM shop.people WHERE mail LIKE 'a%' -- the first`,
        `CREATE VIEW shop.nested AS SELECT f.id FROM shop.filtered AS f JOIN shop.copied AS c USING (id)`,
        `CREATE VIEW shop.grouped AS SELECT mail IS NULL AS silent, COUNT(*) AS n FROM shop.people GROUP BY 1`,
        `CREATE VIEW shop.mine AS SELECT id FROM shop.people WHERE mail = SESSION_USER()`,
        `CREATE VIEW reports.average AS SELECT AVG(salary) AS salary FROM shop.people`,
        `CREATE VIEW reports.raw AS SELECT id, mail FROM shop.people`,
        `CREATE FUNCTION reports.shown(wanted INT64) AS ((SELECT mail FROM shop.people WHERE id = wanted))`,
        `CREATE FUNCTION shop.mail_of(wanted INT64) AS ((SELECT mail FROM shop.people WHERE id = wanted))`,
      ],
    },
  });
  folder = await mkdtemp(join(tmpdir(), 'views-'));
  const config = parseConfig(`version: 1
project: acme
principal: { id: agent-a }
tags:
  pii: { columns: [shop.people.mail, shop.people.salary, shop.people.pet.chip] }
rules:
  - { name: read, operations: [read], datasets: [shop], nativePolicies: accept, effect: allow }
  - { name: reports, operations: [read], datasets: [reports], trusted: true, effect: allow }
masks:
  - { name: hide, tags: [pii], with: nullify }
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`);
  guard = createGuard({
    middleware: await buildMiddleware(config, { environment: {} }),
    principal: config.file.principal,
  });
  bigquery = new BigQuery({ ...standIn.clientOptions, guard });
}, 60_000);

afterAll(async () => {
  await guard.close();
  await standIn.close();
  await rm(folder, { recursive: true });
});

async function rowsOf(sql: string): Promise<unknown> {
  try {
    const [rows] = await bigquery.query(sql);
    return JSON.parse(JSON.stringify(rows));
  } catch (error) {
    if (isGuardError(error)) return error.guardCode;
    throw error;
  }
}

describe('a view over masked columns', () => {
  it('that copies them is masked at its output', async () => {
    expect(await rowsOf('SELECT * FROM shop.copied ORDER BY id')).toEqual([
      { id: 1, contact: null, pet: { name: 'Rex', chip: null } },
      { id: 2, contact: null, pet: null },
      { id: 3, contact: null, pet: { name: 'Tom', chip: null } },
    ]);
    expect(JSON.stringify(standIn.requests)).toContain('FROM shop.copied AS guard_row');
    expect(await rowsOf(`SELECT COUNT(*) AS n FROM shop.copied WHERE contact = 'ada@x.example'`)).toEqual([
      { n: 0 },
    ]);
  });

  it('that filters or groups by them does so by their masks', async () => {
    expect(await rowsOf('SELECT id, loud FROM shop.filtered')).toEqual([]);
    expect(await rowsOf('SELECT COUNT(*) AS n FROM shop.nested')).toEqual([{ n: 0 }]);
    expect(await rowsOf('SELECT * FROM shop.grouped')).toEqual([{ silent: true, n: 3 }]);
  });

  it('that depends on who asks is refused', async () => {
    expect(await rowsOf('SELECT id FROM shop.mine')).toBe('ERR_SQL_UNPROVEN');
  });

  it('that a rule trusts shows what it shows, while the table stays masked', async () => {
    expect(await rowsOf('SELECT salary FROM reports.average')).toEqual([{ salary: 7 }]);
    expect(
      await rowsOf(
        'SELECT r.mail, p.mail AS own FROM reports.raw AS r JOIN shop.people AS p USING (id) WHERE id = 1',
      ),
    ).toEqual([{ mail: 'ada@x.example', own: null }]);
    expect(await rowsOf('SELECT mail FROM shop.people WHERE id = 1')).toEqual([{ mail: null }]);
  });

  it('that a rule trusts is on the record', async () => {
    const files = await readdir(join(folder, 'audit'), { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files.filter((each) => each.isFile()).map((each) => readFile(join(each.parentPath, each.name), 'utf8')),
    );
    expect(texts.join('')).toContain('"trusted":["reports"]');
  });
});

describe('a function that reads masked columns', () => {
  it('is refused where no rule trusts it', async () => {
    expect(await rowsOf('SELECT shop.mail_of(1) AS m')).toBe('ERR_SQL_UNPROVEN');
    expect(await rowsOf('SELECT reports.shown(1) AS m')).toEqual([{ m: 'ada@x.example' }]);
  });
});
