import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { isGuardError } from '../../src/errors.ts';
import { BigQuery, createGuard, type Guard } from '../../src/index.ts';
import { fakeBigQuery, type FakeBigQuery } from '../../src/testing/index.ts';

/** A backend that answers as if no mask were in the text that it got. */
const contact = [
  { name: 'id', type: 'INTEGER' },
  { name: 'mail', type: 'STRING' },
  { name: 'phone', type: 'STRING' },
  { name: 'born', type: 'DATE' },
  { name: 'cards', type: 'STRING', mode: 'REPEATED' },
  {
    name: 'home',
    type: 'RECORD',
    fields: [
      { name: 'city', type: 'STRING' },
      { name: 'zip', type: 'STRING' },
    ],
  },
] as const;

const shown = {
  id: 1,
  mail: 'XXXXX@secret.example',
  phone: 'XXXXX4567',
  born: '1970-01-01',
  cards: [],
  home: { city: 'Ulm', zip: 'jQHDyQuj7vJcveEe59ygb3Zcvj0B5FJINBzgM6Bypgw=' },
};

let fake: FakeBigQuery;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;
let row: object = shown;
let runsMs = 0;
let value = '';

beforeAll(async () => {
  fake = await fakeBigQuery({
    project: 'acme',
    tables: { 'shop.contacts': { schema: [...contact], rows: [] } },
    queries: [
      {
        match: ({ sql }) => sql.includes('AS value'),
        schema: [{ name: 'value', type: 'STRING' }],
        rows: () => [{ value: null }, { value: 'XXXXX@secret.example' }, { value }],
      },
      {
        match: ({ sql }) => sql.includes('AS list'),
        schema: [{ name: 'list', type: 'STRING', mode: 'REPEATED' }],
        rows: () => [{ list: [] }, { list: ['XXXXX@secret.example', value] }],
      },
      {
        match: () => true,
        schema: [...contact],
        rows: () => [...Array.from({ length: 5 }, () => ({ ...shown })), { ...row }],
        get runsMs() {
          return runsMs;
        },
      },
    ],
  });
  folder = await mkdtemp(join(tmpdir(), 'ignored-'));
  const config = parseConfig(`version: 1
project: acme
principal: { id: agent-a }
tags:
  mail: { columns: [shop.contacts.mail] }
  phone: { columns: [shop.contacts.phone] }
  born: { columns: [shop.contacts.born] }
  cards: { columns: [shop.contacts.cards] }
  zip: { columns: [shop.contacts.home.zip] }
rules:
  - { name: read-shop, operations: [read], datasets: [shop], effect: allow }
masks:
  - { name: mail, tags: [mail], with: emailMask }
  - { name: phone, tags: [phone], with: lastFour }
  - { name: born, tags: [born], with: defaultValue }
  - { name: cards, tags: [cards], with: nullify }
  - { name: zip, tags: [zip], with: sha256, acceptGuessable: true }
audit: { folder: ${JSON.stringify(join(folder, 'audit'))} }
`);
  guard = createGuard({ middleware: await buildMiddleware(config, { environment: {} }) });
  bigquery = new BigQuery({ ...fake.clientOptions, guard });
});

afterAll(async () => {
  await guard.close();
  await fake.close();
  await rm(folder, { recursive: true });
});

async function ask(changes: object, maxResults?: number): Promise<unknown> {
  row = { ...shown, ...changes };
  const query = 'SELECT * FROM shop.contacts';
  try {
    const [rows] = await bigquery.query({ query, ...(maxResults !== undefined && { maxResults }) });
    return rows.length;
  } catch (error) {
    if (!isGuardError(error)) throw error;
    expect(error.message).not.toContain('secret.example');
    return [error.guardCode, error.reasons];
  }
}

const refused = ['ERR_SQL_UNPROVEN', [{ rule: 'masking', message: 'a masked column came back unmasked' }]];

describe('an answer to a masked query', () => {
  it('is handed out when it holds what the masks release', async () => {
    expect(await ask({})).toBe(6);
    expect(await ask({ mail: null, phone: null, born: null, home: null })).toBe(6);
  });

  it.each([
    ['an address', { mail: 'ada@secret.example' }],
    ['a number', { phone: '+44 1234 4567' }],
    ['a date', { born: '1990-02-03' }],
    ['an element of an array', { cards: ['4111'] }],
    ['a field of a record', { home: { city: 'Ulm', zip: '89073' } }],
  ])('is refused when its last row holds %s', async (_what, changes) => {
    expect(await ask(changes)).toEqual(refused);
  });

  it('is refused on the page that holds the value, however small the pages are', async () => {
    expect(await ask({ mail: 'ada@secret.example' }, 2)).toEqual(refused);
    row = { ...shown, mail: 'ada@secret.example' };
    const [job] = await bigquery.createQueryJob('SELECT * FROM shop.contacts');
    const [, next] = await job.getQueryResults({ maxResults: 4, autoPaginate: false });
    const last = job.getQueryResults({ ...next, autoPaginate: false });
    await expect(last).rejects.toMatchObject({ guardCode: 'ERR_SQL_UNPROVEN' });
  });

  it('is refused when it comes later than the first answer', async () => {
    runsMs = 100;
    row = { ...shown, mail: 'ada@secret.example' };
    const [job] = await bigquery.createQueryJob('SELECT * FROM shop.contacts');
    await expect(job.getQueryResults()).rejects.toMatchObject({ guardCode: 'ERR_SQL_UNPROVEN' });
    runsMs = 0;
  });
});

async function answerWith(given: string, query: string): Promise<unknown> {
  value = given;
  try {
    return (await bigquery.query(query))[0].length;
  } catch (error) {
    if (!isGuardError(error)) throw error;
    return [error.guardCode, error.reasons];
  }
}

describe('an output that hands masked values on unchanged', () => {
  const from = 'FROM shop.contacts';

  it.each([
    ['UNION ALL', `SELECT mail AS value ${from} UNION ALL SELECT phone ${from}`],
    ['INTERSECT', `SELECT mail AS value ${from} INTERSECT DISTINCT SELECT mail ${from}`],
    ['a query in a query', `SELECT (SELECT mail ${from} LIMIT 1) AS value`],
    ['COALESCE', `SELECT COALESCE(mail, phone) AS value ${from}`],
    ['IF', `SELECT IF(id = 1, mail, phone) AS value ${from}`],
    ['CASE', `SELECT CASE id WHEN 1 THEN mail ELSE phone END AS value ${from}`],
    ['MAX', `SELECT MAX(mail) AS value ${from}`],
    ['a window', `SELECT FIRST_VALUE(mail) OVER (ORDER BY id) AS value ${from}`],
    ['an element of an array that was made', `SELECT ARRAY_AGG(mail)[OFFSET(0)] AS value ${from}`],
    [
      'a field of a record in an array',
      `SELECT p.m AS value FROM UNNEST(ARRAY(SELECT AS STRUCT mail AS m ${from})) AS p`,
    ],
    ['a pipe', `${from} |> AGGREGATE ANY_VALUE(mail) AS value`],
    ['an array that was made', `SELECT ARRAY_AGG(mail) AS list ${from}`],
    ['an array of a query', `SELECT ARRAY(SELECT mail ${from}) AS list`],
  ])('by %s is refused when it holds one as it is', async (_what, query) => {
    expect(await answerWith('ada@secret.example', query)).toEqual(refused);
    expect(await answerWith('XXXXX@x.example', query)).toBeGreaterThan(1);
  });

  it('from an emptied array is refused when it holds anything', async () => {
    const query = `SELECT card AS value ${from}, UNNEST(cards) AS card`;
    expect(await answerWith('4111', query)).toEqual(refused);
  });

  it.each([
    ['a column that is not masked', `SELECT mail AS value ${from} UNION ALL SELECT home.city ${from}`],
    ['a text of the query', `SELECT IFNULL(mail, 'nobody') AS value ${from}`],
    ['another text of the query', `SELECT mail AS value ${from} UNION ALL SELECT 'ada@secret.example'`],
    ['a computation', `SELECT LOWER(mail) AS value ${from}`],
  ])('or %s holds what nobody can tell apart', async (_what, query) => {
    expect(await answerWith('ada@secret.example', query)).toBe(3);
  });
});
