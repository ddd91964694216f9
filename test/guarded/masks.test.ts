import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { BigQuery, createGuard, withContext, type Guard } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

/** Each mask as a policy file states it, on statements that really run and on rows without a query. */
let standIn: StandIn;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;

const key = Buffer.alloc(32, 7).toString('base64');
const token = (value: string): string =>
  createHmac('sha256', Buffer.alloc(32, 7)).update(value).digest('base64');

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: {
      datasets: ['shop'],
      statements: [
        `CREATE TABLE shop.people (id INT64, mail STRING, card STRING, salary INT64, born DATE, seen TIMESTAMP, note STRING, pet STRUCT<name STRING, chip STRING>, closed STRING, initials STRING)`,
        `INSERT INTO shop.people VALUES
          (1, 'ada@x.example', '4111-1111-1111-1234', 51234, DATE '1990-05-06', TIMESTAMP '2024-02-03 04:05:06+00', 'private', STRUCT('Rex', 'c-1'), NULL, 'Ada Byron'),
          (2, 'ada@x.example', NULL, -7, NULL, NULL, NULL, NULL, NULL, NULL),
          (3, 'gone@x.example', '1', 1, NULL, NULL, 'x', NULL, 'yes', 'x')`,
        `CREATE FUNCTION shop.first(text STRING) AS (SUBSTR(text, 1, 1))`,
      ],
    },
  });
  folder = await mkdtemp(join(tmpdir(), 'masks-'));
  const config = parseConfig(`version: 1
project: acme
principal: { id: agent-a }
keys: { tokens: { fromEnv: TOKEN_KEY } }
tags:
  mail: { columns: [shop.people.mail] }
  chip: { columns: [shop.people.pet.chip] }
  card: { columns: [shop.people.card] }
  salary: { columns: [shop.people.salary] }
  born: { columns: [shop.people.born] }
  seen: { columns: [shop.people.seen] }
  note: { columns: [shop.people.note] }
  closed: { columns: [shop.people.closed] }
  initials: { columns: [shop.people.initials] }
rules:
  - { name: read, operations: [read, metadata], effect: allow }
  - { name: write, operations: [write, ddl, export], datasets: [shop], effect: allow }
masks:
  - { name: mail, tags: [mail], with: cryptoHash, key: tokens }
  - { name: chip, tags: [chip], with: randomHash }
  - { name: card, tags: [card], with: characterMask, skip: '-', count: 12 }
  - { name: salary, tags: [salary], with: bucket, size: 10000 }
  - { name: born, tags: [born], with: dateYear }
  - { name: seen, tags: [seen], with: timePart, part: HOUR }
  - { name: note, tags: [note], with: replace, value: hidden, except: { groups: [fraud], purposes: [fraud-case] } }
  - { name: closed, tags: [closed], with: suppressRecord }
  - { name: initials, tags: [initials], with: routine, routine: acme.shop.first }
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`);
  guard = createGuard({
    middleware: await buildMiddleware(config, { environment: { TOKEN_KEY: key } }),
    principal: config.file.principal,
  });
  bigquery = new BigQuery({ ...standIn.clientOptions, guard });
}, 60_000);

afterAll(async () => {
  await guard.close();
  await standIn.close();
  await rm(folder, { recursive: true });
});

const rowsOf = async (sql: string): Promise<unknown> =>
  JSON.parse(JSON.stringify((await bigquery.query(sql))[0]));

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  const failure: unknown = await work.catch((error: unknown) => error);
  return isGuardError(failure) ? failure.guardCode : failure;
}

describe('masks without keys', () => {
  it('give in a query what the documentation says', async () => {
    const sql = 'SELECT card, salary, born, seen, note, initials FROM shop.people WHERE id < 3 ORDER BY id';
    expect(await rowsOf(sql)).toEqual([
      {
        card: '****-****-****-1234',
        salary: 50000,
        born: { value: '1990-01-01' },
        seen: { value: '2024-02-03T04:00:00.000Z' },
        note: 'hidden',
        initials: 'A',
      },
      { card: null, salary: -10000, born: null, seen: null, note: null, initials: null },
    ]);
  });

  it('are what the rest of the query sees', async () => {
    expect(await rowsOf(`SELECT id FROM shop.people WHERE note = 'private' OR salary = 51234`)).toEqual([]);
    expect(await rowsOf('SELECT SUM(salary) AS total FROM shop.people')).toEqual([{ total: 40000 }]);
  });

  it('leave rows out whose column holds a value', async () => {
    expect(await rowsOf('SELECT id, closed FROM shop.people ORDER BY id')).toEqual([
      { id: 1, closed: null },
      { id: 2, closed: null },
    ]);
  });
});

describe('whoever is cleared for a purpose', () => {
  const principal = { id: 'fred', groups: ['fraud'] };
  const sql = 'SELECT note FROM shop.people WHERE id = 1';

  it('sees the value while it is stated, which is recorded', async () => {
    expect(await withContext({ principal }, () => rowsOf(sql))).toEqual([{ note: 'hidden' }]);
    expect(await withContext({ purpose: 'fraud-case' }, () => rowsOf(sql))).toEqual([{ note: 'hidden' }]);
    expect(await withContext({ principal, purpose: 'fraud-case' }, () => rowsOf(sql))).toEqual([
      { note: 'private' },
    ]);
    const [file = ''] = (await readdir(join(folder, 'audit'))).filter((name) => name.endsWith('.jsonl'));
    const lines = (await readFile(join(folder, 'audit', file), 'utf8')).trim().split('\n');
    const decisions = lines.map((line): unknown => JSON.parse(line)).filter(isDecisionOfFred);
    expect(decisions.at(-1)).toMatchObject({
      data: {
        masks: [],
        cleared: [{ table: 'acme.shop.people', column: 'note', rule: 'note' }],
        purpose: 'fraud-case',
      },
    });
  });
});

function isDecisionOfFred(event: unknown): boolean {
  return JSON.stringify(event).includes('decision.made') && JSON.stringify(event).includes('fred');
}

describe('masks that no SQL can compute without showing its key', () => {
  const mails = [
    { mail: token('ada@x.example') },
    { mail: token('ada@x.example') },
    { mail: token('gone@x.example') },
  ];

  it('are put on the rows, and equal values stay equal', async () => {
    expect(await rowsOf('SELECT mail FROM shop.people ORDER BY id')).toEqual(mails);
    const [job] = await bigquery.createQueryJob('SELECT id, mail FROM shop.people ORDER BY id');
    const [first, next] = await job.getQueryResults({ maxResults: 2, autoPaginate: false });
    const [last] = await job.getQueryResults({ ...next, autoPaginate: false });
    expect([...first, ...last].map(({ mail }) => ({ mail }))).toEqual(mails);
  });

  it('stand beside masks at the source', async () => {
    expect(await rowsOf('SELECT mail AS m, note FROM shop.people WHERE id = 1')).toEqual([
      { m: token('ada@x.example'), note: 'hidden' },
    ]);
  });

  it('give other hashes in the next query with randomHash', async () => {
    const sql = 'SELECT pet FROM shop.people WHERE id = 1';
    const first = await rowsOf(sql);
    expect(first).toEqual([{ pet: { name: 'Rex', chip: expect.stringMatching(/^[\w+/]{43}=$/) } }]);
    expect(await rowsOf(sql)).not.toEqual(first);
  });

  it.each([
    ["SELECT id FROM shop.people WHERE mail = 'ada@x.example'"],
    ['SELECT UPPER(mail) AS mail FROM shop.people'],
    ['SELECT mail FROM shop.people ORDER BY mail'],
    ['SELECT DISTINCT mail FROM shop.people'],
    ['SELECT mail, COUNT(*) AS n FROM shop.people GROUP BY mail'],
    ['SELECT a.id FROM shop.people a JOIN shop.people b USING (mail)'],
    ['SELECT COUNT(mail) AS n FROM shop.people'],
    ['SELECT TO_JSON_STRING(p) AS j FROM shop.people AS p'],
    ['SELECT mail FROM shop.people UNION ALL SELECT note FROM shop.people'],
    ['SELECT ARRAY_AGG(mail) AS mails FROM shop.people'],
    ['SELECT pet.chip || "" AS chip FROM shop.people'],
    ['SELECT (SELECT MAX(mail) FROM shop.people) AS m'],
    ['SELECT 1 AS one; SELECT mail FROM shop.people'],
  ])('refuse %s', async (sql) => {
    expect(await refusalOf(bigquery.query(sql))).toBe('ERR_SQL_UNPROVEN');
  });

  it('refuse a result that somebody else could read', async () => {
    const destination = bigquery.dataset('shop').table('copy');
    const query = bigquery.query({ query: 'SELECT mail FROM shop.people', destination });
    expect(await refusalOf(query)).toMatch(/^ERR_(SQL_UNPROVEN|POLICY_DENIED)$/);
  });

  it('refuse the hidden table of a result in SQL, and mask its rows', async () => {
    const [job] = await bigquery.createQueryJob('SELECT id, mail FROM shop.people ORDER BY id');
    // Only a job that has ended names its table.
    await job.getQueryResults();
    const [{ configuration }] = await job.getMetadata();
    const { datasetId, tableId } = configuration.query.destinationTable;
    expect(await refusalOf(bigquery.query(`SELECT * FROM ${datasetId}.${tableId}`))).toMatch(/^ERR_/);
    const table = bigquery.dataset(datasetId).table(tableId);
    expect(await refusalOf(table.copy(bigquery.dataset('shop').table('stolen')))).toMatch(/^ERR_/);
    const answer: unknown = await new Promise((resolve, reject) => {
      table.request({ uri: '/data', qs: { maxResults: 1 } }, (error: unknown, body: unknown) =>
        error ? reject(error) : resolve(body),
      );
    });
    expect(answer).toMatchObject({ rows: [{ f: [{ v: '1' }, { v: token('ada@x.example') }] }] });
  });

  it('leave no key in the record', async () => {
    const files = await readdir(join(folder, 'audit'), { recursive: true, withFileTypes: true });
    const texts = await Promise.all(
      files.filter((each) => each.isFile()).map((each) => readFile(join(each.parentPath, each.name), 'utf8')),
    );
    expect(texts.join('')).toContain('cryptoHash');
    expect(texts.join('')).not.toContain(key);
  });
});

describe('rows without a query', () => {
  it('are masked alike', async () => {
    const [rows] = await bigquery.dataset('shop').table('people').getRows();
    expect(JSON.parse(JSON.stringify(rows))).toEqual([
      {
        id: 1,
        mail: token('ada@x.example'),
        card: '****-****-****-1234',
        salary: 50000,
        born: { value: '1990-01-01' },
        seen: { value: '2024-02-03T04:00:00.000Z' },
        note: 'hidden',
        pet: { name: 'Rex', chip: expect.stringMatching(/^[\w+/]{43}=$/) },
        closed: null,
        initials: null,
      },
      {
        id: 2,
        mail: token('ada@x.example'),
        card: null,
        salary: -10000,
        born: null,
        seen: null,
        note: null,
        pet: null,
        closed: null,
        initials: null,
      },
    ]);
  });
});
