import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BigQuery as Official } from '@google-cloud/bigquery';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { BigQuery, createGuard, type Guard } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

/** The ways in which values could come that are no answer to a query that was rewritten. */
let standIn: StandIn;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: {
      datasets: ['shop'],
      statements: [
        'CREATE TABLE shop.people (id INT64, mail STRING, pet STRUCT<name STRING, chip STRING>, cards ARRAY<STRING>)',
        `INSERT INTO shop.people VALUES
          (1, 'ada@secret.example', STRUCT('Rex', 'secret-1'), ['secret-a', 'secret-b']),
          (2, 'ben@secret.example', NULL, []),
          (3, NULL, STRUCT(NULL, NULL), []),
          (4, 'dan@secret.example', STRUCT('Tom', 'secret-4'), ['secret-d'])`,
      ],
    },
  });
  folder = await mkdtemp(join(tmpdir(), 'beyond-'));
  const config = parseConfig(`version: 1
project: acme
principal: { id: agent-a }
tags:
  mail: { columns: [shop.people.mail] }
  chip: { columns: [shop.people.pet.chip] }
  cards: { columns: [shop.people.cards] }
rules: [{ name: all, operations: [read, metadata, job], effect: allow }]
masks:
  - { name: mail, tags: [mail], with: nullify }
  - { name: chip, tags: [chip], with: lastFour }
  - { name: cards, tags: [cards], with: nullify }
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

beforeEach(() => {
  standIn.requests.length = 0;
});

const people = () => bigquery.dataset('shop').table('people');

const shown = [
  { id: 1, mail: null, pet: { name: 'Rex', chip: 'XXXXXet-1' }, cards: [] },
  { id: 2, mail: null, pet: null, cards: [] },
  { id: 3, mail: null, pet: { name: null, chip: null }, cards: [] },
  { id: 4, mail: null, pet: { name: 'Tom', chip: 'XXXXXet-4' }, cards: [] },
];

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  const failure: unknown = await work.catch((error: unknown) => error);
  if (!isGuardError(failure)) return failure;
  expect(failure.message).not.toContain('secret');
  return failure.guardCode;
}

describe('rows of a table', () => {
  it.each([1, 2, 3, 4, 100])('are masked in pages of %d', async (maxResults) => {
    const rows: unknown[] = [];
    let options: object | undefined = { maxResults, autoPaginate: false };
    while (options !== undefined) {
      const [page, next]: [unknown[], (object | null)?, unknown?] = await people().getRows(options);
      expect(page.length).toBeLessThanOrEqual(maxResults);
      rows.push(...page);
      options = next ? { ...next, autoPaginate: false } : undefined;
    }
    expect(plain(rows)).toEqual(shown);
  });

  it('are masked in the raw answer, which getRows hands out as well', async () => {
    const answer: unknown = await people().getRows();
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  it('are masked in a read stream, and only the pages that are read are asked for', async () => {
    const rows: unknown[] = [];
    for await (const row of people().createReadStream()) rows.push(row);
    expect(plain(rows)).toEqual(shown);
    standIn.requests.length = 0;
    const [, next] = await people().getRows({ maxResults: 1, autoPaginate: false });
    expect(next).toBeTruthy();
    expect(standIn.requests.filter(({ path }) => path.endsWith('/data'))).toHaveLength(1);
  });

  it('are masked from wherever they begin, in whichever columns', async () => {
    const [rows] = await people().getRows({ startIndex: '3', selectedFields: 'cards,pet' });
    expect(plain(rows)).toEqual([{ pet: { name: 'Tom', chip: 'XXXXXet-4' }, cards: [] }]);
    expect(await refusalOf(people().getRows({ selectedFields: 'pet.chip' }))).toBe('ERR_POLICY_DENIED');
  });
});

describe('the result of a job', () => {
  const sql = 'SELECT * FROM shop.people ORDER BY id';

  it('is masked when it is asked for again, and in its hidden table', async () => {
    const [job] = await bigquery.createQueryJob(sql);
    await job.getQueryResults();
    const later = bigquery.job(job.id ?? '');
    expect(plain((await later.getQueryResults())[0])).toEqual(shown);
    const [{ configuration }] = await job.getMetadata();
    const { datasetId, tableId } = configuration.query.destinationTable;
    const answer: unknown = await new Promise((resolve, reject) => {
      const table = bigquery.dataset(datasetId).table(tableId);
      table.request({ uri: '/data' }, (error: unknown, body: unknown) =>
        error ? reject(error) : resolve(body),
      );
    });
    expect(answer).toMatchObject({ totalRows: '4' });
    expect(JSON.stringify(answer)).not.toContain('secret');
  });

  it('that somebody ran without the guard is refused, and so is its hidden table', async () => {
    const unguarded = new Official(standIn.clientOptions);
    const [job] = await unguarded.createQueryJob(sql);
    expect(JSON.stringify(await job.getQueryResults())).toContain('secret');
    const [{ configuration }] = await job.getMetadata();
    const { datasetId, tableId } = configuration.query.destinationTable;
    expect(await refusalOf(bigquery.job(job.id ?? '').getQueryResults())).toBe('ERR_POLICY_DENIED');
    const table = bigquery.dataset(datasetId).table(tableId);
    expect(await refusalOf(table.getRows())).toBe('ERR_POLICY_DENIED');
  });
});

describe('an error of BigQuery', () => {
  it.each([
    'SELECT CAST(mail AS INT64) FROM shop.people',
    'SELECT ERROR(mail) FROM shop.people',
    'SELECT PARSE_DATE("%F", pet.chip) FROM shop.people',
    'SELECT 1 / (LENGTH(cards[OFFSET(0)]) - 8) FROM shop.people',
  ])('tells of masks and not of values: %s', async (sql) => {
    const failure: unknown = await bigquery.query(sql).catch((error: unknown) => error);
    const [job] = await bigquery.createQueryJob(sql);
    const told = await job.getMetadata().catch((error: unknown) => error);
    const texts = [failure, told].map((each) => `${String(each)} ${JSON.stringify(each)}`);
    expect(texts.join()).not.toMatch(/secret|ada@|ben@/);
  });
});

describe('INFORMATION_SCHEMA', () => {
  it.each([
    'JOBS',
    'JOBS_BY_USER',
    'JOBS_TIMELINE',
    'PARTITIONS',
    'TABLE_STORAGE',
    'VIEWS',
    'ROUTINES',
    'SESSIONS',
  ])('does not tell what values there are by %s', async (view) => {
    for (const place of ['shop', '`region-us`']) {
      const work = bigquery.query(`SELECT * FROM ${place}.INFORMATION_SCHEMA.${view}`);
      expect(await refusalOf(work)).toMatch(/^ERR_(SQL_UNPROVEN|POLICY_DENIED)$/);
    }
  });
});
