import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import {
  BigQuery,
  createGuard,
  withContext,
  type Guard,
  type QueryResultsOptions,
  type QueryRowsResponse,
} from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

/** Detectors of a policy file over every way in which rows come. */
let standIn: StandIn;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: {
      datasets: ['shop', 'open', 'strict'],
      statements: [
        `CREATE TABLE shop.notes (id INT64, note STRING, number INT64, tags ARRAY<STRING>, person STRUCT<name STRING, mails ARRAY<STRING>>, extra JSON, mail STRING)`,
        `INSERT INTO shop.notes VALUES
          (1, 'write to ada@x.example or T-12345', 4111111111111111, ['a', 'DE89370400440532013000'], STRUCT('Ada', ['ada@x.example']), JSON '{"mail":"ada@x.example","n":1}', 'ada@x.example'),
          (2, 'nothing', 7, [], NULL, NULL, NULL),
          (3, 'call +49 170 1234567', NULL, [], STRUCT(NULL, []), NULL, 'no address')`,
        `CREATE TABLE open.notes (note STRING)`,
        `INSERT INTO open.notes VALUES ('ada@x.example')`,
        `CREATE TABLE strict.notes (id INT64, note STRING)`,
        `INSERT INTO strict.notes VALUES (1, 'fine'), (2, 'fine'), (3, 'AKIAIOSFODNN7EXAMPLE'), (4, 'fine')`,
      ],
    },
  });
  folder = await mkdtemp(join(tmpdir(), 'detectors-'));
  const config = parseConfig(`version: 1
project: acme
principal: { id: agent-a, groups: [agents] }
tags: { mail: { columns: [shop.notes.mail] } }
rules:
  - { name: read, operations: [read, metadata], effect: allow }
masks:
  - { name: mail, tags: [mail], with: emailMask }
detectors:
  - name: shop
    principals: { groups: [agents] }
    except: { groups: [support] }
    datasets: [shop]
    find: [email, iban, card, phone]
    patterns: { ticket: 'T-[0-9]{5}' }
    action: replaceWithInfoType
  - { name: strict, datasets: [strict], find: [secret], action: deny }
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

const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

interface Told {
  readonly type: string;
  readonly data: { readonly detected?: unknown; readonly reasons?: unknown; readonly operation?: string };
}

async function recorded(): Promise<readonly Told[]> {
  const files = await readdir(join(folder, 'audit'), { recursive: true, withFileTypes: true });
  const texts = await Promise.all(
    files
      .filter((each) => each.isFile() && each.name.endsWith('.jsonl'))
      .map((each) => readFile(join(each.parentPath, each.name), 'utf8')),
  );
  return texts
    .join('')
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Told => JSON.parse(line));
}

/** What the record says of the last call that asked for rows. */
const lastFound = async (): Promise<unknown> =>
  (await recorded()).findLast(({ type, data }) => type === 'call.finished' && data.operation !== 'tables.get')
    ?.data.detected;

const shown = [
  {
    id: 1,
    note: 'write to [email] or [ticket]',
    number: null,
    tags: ['a', '[iban]'],
    person: { name: 'Ada', mails: ['[email]'] },
    extra: '{"mail":"[email]","n":1}',
    mail: 'XXXXX@x.example',
  },
  { id: 2, note: 'nothing', number: 7, tags: [], person: null, extra: null, mail: null },
  {
    id: 3,
    note: 'call [phone]',
    number: null,
    tags: [],
    person: { name: null, mails: [] },
    extra: null,
    mail: expect.stringMatching(/^[\w+/]{43}=$/),
  },
];

const found = { card: 1, email: 3, iban: 1, phone: 1, ticket: 1 };

describe('what detectors find', () => {
  const sql = 'SELECT * FROM shop.notes ORDER BY id';

  it('is replaced in the answer of a query, and counted in the record', async () => {
    expect(plain((await bigquery.query(sql))[0])).toEqual(shown);
    expect(await lastFound()).toEqual(found);
  });

  it('is replaced in a stream', async () => {
    const rows: unknown[] = [];
    for await (const row of bigquery.createQueryStream(sql)) rows.push(row);
    expect(plain(rows)).toEqual(shown);
  });

  it('is replaced page by page, of whatever size', async () => {
    for (const maxResults of [1, 2, 3]) {
      const [job] = await bigquery.createQueryJob(sql);
      const rows: unknown[] = [];
      let query: QueryResultsOptions | null = { maxResults, autoPaginate: false };
      while (query !== null) {
        const [page, next]: QueryRowsResponse = await job.getQueryResults(query);
        rows.push(...page);
        query = next ? { ...next, autoPaginate: false } : null;
      }
      expect(plain(rows)).toEqual(shown);
    }
  });

  it('is replaced in rows without a query', async () => {
    const table = bigquery.dataset('shop').table('notes');
    expect(plain((await table.getRows())[0])).toEqual(shown);
    expect(await lastFound()).toEqual(found);
    const streamed: unknown[] = [];
    for await (const row of table.createReadStream({ maxResults: 1 })) streamed.push(row);
    expect(plain(streamed)).toEqual(shown.slice(0, 1));
    const [some] = await table.getRows({ selectedFields: 'note,id' });
    expect(plain(some)).toEqual(shown.map(({ id, note }) => ({ id, note })));
  });

  it('is replaced in the hidden table of a result', async () => {
    const [job] = await bigquery.createQueryJob('SELECT id, note, number FROM shop.notes ORDER BY id');
    await job.getQueryResults();
    const [{ configuration }] = await job.getMetadata();
    const { datasetId, tableId } = configuration.query.destinationTable;
    const answer: unknown = await new Promise((resolve, reject) => {
      const table = bigquery.dataset(datasetId).table(tableId);
      table.request({ uri: '/data' }, (error: unknown, body: unknown) =>
        error ? reject(error) : resolve(body),
      );
    });
    // Its schema is not at hand, so there is NULL in place of a text.
    expect(answer).toMatchObject({
      rows: [
        { f: [{ v: '1' }, { v: null }, { v: null }] },
        { f: [{ v: '2' }, { v: 'nothing' }, { v: '7' }] },
        { f: [{ v: '3' }, { v: null }, { v: null }] },
      ],
    });
  });

  it('is replaced in what a query makes of it', async () => {
    const [rows] = await bigquery.query(
      `SELECT TO_JSON_STRING(STRUCT(note)) AS j, CAST(note AS BYTES) AS b, ARRAY_AGG(STRUCT(note, number)) AS a FROM shop.notes WHERE id = 1 GROUP BY note`,
    );
    expect(plain(rows)).toEqual([
      {
        j: '{"note":"write to [email] or [ticket]"}',
        b: plain(Buffer.from('write to [email] or [ticket]')),
        a: [{ note: 'write to [email] or [ticket]', number: null }],
      },
    ]);
  });

  it('stays for whom a rule does not mean, and in datasets that it does not name', async () => {
    const principal = { id: 'sam', groups: ['agents', 'support'] };
    const [rows] = await withContext({ principal }, () =>
      bigquery.query('SELECT note FROM shop.notes WHERE id = 3'),
    );
    expect(rows).toEqual([{ note: 'call +49 170 1234567' }]);
    expect((await bigquery.query('SELECT note FROM open.notes'))[0]).toEqual([{ note: 'ada@x.example' }]);
    expect(await lastFound()).toBeUndefined();
  });

  it('is replaced where a query reads from both', async () => {
    const [rows] = await bigquery.query('SELECT o.note FROM open.notes o, shop.notes s WHERE s.id = 2');
    expect(rows).toEqual([{ note: '[email]' }]);
  });
});

describe('an answer that must not hold a thing', () => {
  const sql = 'SELECT id, note FROM strict.notes ORDER BY id';
  const reasons = [{ rule: 'strict', message: 'The answer holds what must not be handed out: secret.' }];

  it('is refused, and the record says why', async () => {
    const failure: unknown = await bigquery.query(sql).catch((error: unknown) => error);
    if (!isGuardError(failure)) throw failure;
    expect([failure.code, failure.guardCode, failure.reasons]).toEqual([403, 'ERR_POLICY_DENIED', reasons]);
    expect(JSON.stringify(failure)).not.toContain('AKIA');
    const last = (await recorded()).findLast(({ type }) => type === 'call.failed');
    expect(last?.data).toMatchObject({
      code: 'ERR_POLICY_DENIED',
      reasons,
      detected: { secret: 1 },
      sent: true,
    });
  });

  it('is refused from the page on that holds it', async () => {
    const [job] = await bigquery.createQueryJob(sql);
    const [rows, next] = await job.getQueryResults({ maxResults: 2, autoPaginate: false });
    expect(rows).toEqual([
      { id: 1, note: 'fine' },
      { id: 2, note: 'fine' },
    ]);
    await expect(job.getQueryResults({ ...next, autoPaginate: false })).rejects.toMatchObject({ reasons });
    await expect(bigquery.dataset('strict').table('notes').getRows()).rejects.toMatchObject({ reasons });
  });
});
