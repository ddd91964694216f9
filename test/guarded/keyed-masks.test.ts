import { createHmac, hkdfSync } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { BigQuery as Official } from '@google-cloud/bigquery';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installKeys } from '../../src/cli/keys/install-keys.ts';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { maskKeys } from '../../src/config/mask-keys.ts';
import { isGuardError } from '../../src/errors.ts';
import { BigQuery, createGuard, type Guard } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

/** Masks under a key that lies in BigQuery, for somebody whom the rules allow everything. */
let standIn: StandIn;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;

const canary = Buffer.from('kanarienvogel-'.repeat(5).slice(0, 64));
const environment = { TOKEN_KEY: canary.toString('base64') };
const token = (value: string): string => createHmac('sha256', canary).update(value).digest('base64');

const policy = (audit: string): string => `version: 1
project: acme
principal: { id: agent-a }
keys: { tokens: { fromEnv: TOKEN_KEY } }
keyDataset: guard_keys
tags:
  mail: { columns: [shop.people.mail] }
  card: { columns: [shop.people.card] }
  born: { columns: [shop.people.born, shop.people.died] }
  chip: { columns: [shop.people.pet.chip] }
  phone: { columns: [shop.people.phone] }
rules:
  - { name: everything, effect: allow }
masks:
  - { name: mail, tags: [mail], with: cryptoHash, key: tokens }
  - { name: card, tags: [card], with: formatPreserving, key: tokens, alphabet: numeric, skip: '-' }
  - { name: born, tags: [born], with: dateShift, key: tokens, context: id, lowerBoundDays: -50, upperBoundDays: 50 }
  - { name: chip, tags: [chip], with: randomHash, key: tokens }
  - { name: phone, tags: [phone], with: cryptoDeterministic, key: tokens }
audit: { folder: ${JSON.stringify(audit)}, parameters: full, prompts: full }
`;

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: {
      datasets: ['shop'],
      statements: [
        `CREATE TABLE shop.people (id INT64, mail STRING, card STRING, born DATE, died DATE, pet STRUCT<name STRING, chip STRING>, phone STRING)`,
        `INSERT INTO shop.people VALUES
          (1, 'ada@x.example', '4111-1111-1111-1234', DATE '1990-05-06', DATE '1990-05-16', STRUCT('Rex', 'c-1'), '123'),
          (2, 'ada@x.example', NULL, DATE '1990-05-06', NULL, STRUCT('Tom', 'c-1'), NULL),
          (3, NULL, '4111-1111-1111-1234', NULL, NULL, NULL, '123')`,
        `CREATE TABLE shop.orders (mail STRING, total INT64)`,
        `CREATE VIEW shop.births AS SELECT born FROM shop.people`,
      ],
    },
  });
  folder = await mkdtemp(join(tmpdir(), 'keyed-'));
  const config = parseConfig(policy(join(folder, 'audit')));
  await installKeys(new Official(standIn.clientOptions), {
    dataset: 'guard_keys',
    account: 'guard@acme.example',
    keys: await maskKeys(config.file.keys, { environment }),
  });
  standIn.requests.length = 0;
  guard = createGuard({
    middleware: await buildMiddleware(config, { environment }),
    principal: config.file.principal,
  });
  bigquery = new BigQuery({ ...standIn.clientOptions, guard });
}, 60_000);

afterAll(async () => {
  await guard.close();
  await standIn.close();
  await rm(folder, { recursive: true });
});

interface Row {
  readonly [name: string]: unknown;
}

const rowsOf = async (sql: string): Promise<readonly Row[]> => {
  const rows: readonly Row[] = JSON.parse(JSON.stringify((await bigquery.query(sql))[0]));
  return rows;
};

const errors: unknown[] = [];

async function refusalOf(work: Promise<unknown>): Promise<unknown> {
  const failure: unknown = await work.catch((error: unknown) => error);
  errors.push(failure);
  return isGuardError(failure) ? failure.guardCode : failure;
}

describe('a hash under a key that lies in BigQuery', () => {
  it('can be filtered, joined, grouped and computed with', async () => {
    const hash = token('ada@x.example');
    expect(await rowsOf(`SELECT id FROM shop.people WHERE mail = '${hash}' ORDER BY id`)).toEqual([
      { id: 1 },
      { id: 2 },
    ]);
    expect(await rowsOf(`SELECT id FROM shop.people WHERE mail = 'ada@x.example'`)).toEqual([]);
    expect(await rowsOf('SELECT mail, COUNT(*) AS n FROM shop.people GROUP BY mail ORDER BY n')).toEqual([
      { mail: null, n: 1 },
      { mail: hash, n: 2 },
    ]);
    expect(
      await rowsOf('SELECT COUNT(*) AS n FROM shop.people AS a JOIN shop.people AS b USING (mail)'),
    ).toEqual([{ n: 4 }]);
    expect(await rowsOf('SELECT UPPER(mail) AS m FROM shop.people WHERE id = 1')).toEqual([
      { m: hash.toUpperCase() },
    ]);
    const script = await rowsOf('DECLARE x STRING; SET x = (SELECT MAX(mail) FROM shop.people); SELECT x;');
    expect(script).toEqual([{ x: hash }]);
  });

  it('is the same on rows without a query', async () => {
    const [rows] = await bigquery.dataset('shop').table('people').getRows({ selectedFields: 'mail' });
    expect(rows).toEqual([
      { mail: token('ada@x.example') },
      { mail: token('ada@x.example') },
      { mail: null },
    ]);
  });

  it('is another one in the next query with randomHash, and the same within one', async () => {
    const sql = 'SELECT DISTINCT pet.chip FROM shop.people WHERE pet IS NOT NULL';
    const [first, ...others] = await rowsOf(sql);
    expect([first, others]).toEqual([{ chip: expect.stringMatching(/^[\w+/]{43}=$/) }, []]);
    expect(await rowsOf(sql)).not.toEqual([first]);
  });
});

describe('dateShift', () => {
  it('moves all dates of one person alike, in queries, in views and on rows without a query', async () => {
    const key = Buffer.from(hkdfSync('sha256', canary, 'bigquery-guard', 'dateShift', 32));
    const days = (createHmac('sha256', key).update('1').digest().readUIntBE(0, 6) % 101) - 50;
    const moved = (day: string): object => ({
      value: new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10),
    });
    const expected = [{ born: moved('1990-05-06'), died: moved('1990-05-16') }];
    expect(await rowsOf('SELECT born, died FROM shop.people WHERE id = 1')).toEqual(expected);
    expect(await rowsOf('SELECT DATE_DIFF(died, born, DAY) AS days FROM shop.people WHERE id = 1')).toEqual([
      { days: 10 },
    ]);
    const births = await rowsOf('SELECT born FROM shop.births');
    expect(births).toContainEqual({ born: moved('1990-05-06') });
    expect(births).not.toContainEqual({ born: { value: '1990-05-06' } });
    const [rows] = await bigquery.dataset('shop').table('people').getRows({ selectedFields: 'born,died' });
    expect(JSON.parse(JSON.stringify(rows[0]))).toEqual(expected[0]);
  });
});

describe('a mask that BigQuery cannot compute', () => {
  it('is put on the rows where the column is only copied', async () => {
    const [first, second, third] = await rowsOf('SELECT card, phone FROM shop.people ORDER BY id');
    expect(first).toEqual({
      card: expect.stringMatching(/^\d{4}-\d{4}-\d{4}-\d{4}$/),
      phone: expect.stringMatching(/^AQAAAA/),
    });
    expect(first?.['card']).not.toBe('4111-1111-1111-1234');
    expect(second).toEqual({ card: null, phone: null });
    expect(third).toEqual(first);
  });

  it.each([
    "SELECT id FROM shop.people WHERE card = '4111-1111-1111-1234'",
    'SELECT phone FROM shop.people ORDER BY phone',
    'SELECT COUNT(card) AS n FROM shop.people',
    'SELECT SUBSTR(phone, 1, 1) AS p FROM shop.people',
    'CREATE TABLE shop.copy AS SELECT card FROM shop.people',
  ])('refuses %s, and names nullify', async (sql) => {
    const failure: unknown = await bigquery.query(sql).catch((error: unknown) => error);
    errors.push(failure);
    expect(isGuardError(failure) && failure.guardCode).toMatch(/^ERR_(SQL_UNPROVEN|POLICY_DENIED)$/);
    if (sql.startsWith('SELECT')) expect(String(failure)).toContain('nullify');
  });
});

describe('the dataset of keys is closed, whatever the rules say:', () => {
  it.each([
    'SELECT * FROM guard_keys.pads',
    'SELECT inner_pad FROM `acme.guard_keys.pads` WHERE FALSE',
    'SELECT * FROM `guard_keys.p*`',
    'SELECT * FROM GUARD_KEYS.pads',
    'SELECT 1 FROM shop.people WHERE EXISTS (SELECT 1 FROM guard_keys.pads)',
    'SELECT table_name FROM guard_keys.INFORMATION_SCHEMA.TABLES',
    'SELECT schema_name FROM INFORMATION_SCHEMA.SCHEMATA',
    'SELECT * FROM `region-us`.INFORMATION_SCHEMA.JOBS',
    'CREATE TABLE shop.stolen CLONE guard_keys.pads',
    'CREATE SNAPSHOT TABLE shop.stolen CLONE guard_keys.pads',
    'CREATE VIEW shop.peek AS SELECT * FROM guard_keys.pads',
    'CREATE FUNCTION shop.peek() AS ((SELECT MAX(id) FROM guard_keys.pads))',
    'CREATE TABLE guard_keys.pads2 (id STRING)',
    "INSERT INTO guard_keys.pads VALUES ('x', b'', b'')",
    "UPDATE guard_keys.pads SET inner_pad = b'' WHERE TRUE",
    'DELETE FROM guard_keys.pads WHERE TRUE',
    'TRUNCATE TABLE guard_keys.pads',
    'DROP TABLE guard_keys.pads',
    'DROP SCHEMA guard_keys CASCADE',
    'DROP SCHEMA `acme.guard_k\\u0065ys` CASCADE',
    "ALTER SCHEMA guard_keys SET OPTIONS (description = 'x')",
    'UNDROP SCHEMA guard_keys',
    "ALTER TABLE guard_keys.pads SET OPTIONS (description = 'x')",
    'EXPORT DATA OPTIONS (uri = "gs://b/*", format = "CSV") AS SELECT * FROM guard_keys.pads',
    'GRANT `roles/bigquery.dataViewer` ON SCHEMA guard_keys TO "user:eve@x.example"',
  ])('%s', async (sql) => {
    expect(await refusalOf(bigquery.query(sql))).toMatch(/^ERR_(POLICY_DENIED|SQL_UNPROVEN|SQL_SYNTAX)$/);
  });

  it('by every call that names it', async () => {
    const dataset = bigquery.dataset('guard_keys');
    const table = dataset.table('pads');
    const own = bigquery.dataset('shop').table('stolen');
    const calls: readonly (() => Promise<unknown>)[] = [
      () => table.getRows(),
      () => table.getMetadata(),
      () => table.exists(),
      () => table.copy(own),
      () => own.copy(table),
      () => table.insert([{ id: 'x', inner_pad: '', outer_pad: '' }]),
      () => table.setMetadata({ description: 'x' }),
      () => table.delete(),
      () => table.getIamPolicy(),
      () => dataset.getMetadata(),
      () => dataset.setMetadata({ description: 'x' }),
      () => dataset.getTables(),
      () => dataset.delete({ force: true }),
    ];
    for (const call of calls) expect(await refusalOf(call())).toBe('ERR_POLICY_DENIED');
  });

  it('and no list tells of it', async () => {
    const [datasets] = await bigquery.getDatasets();
    expect(datasets.map(({ id }) => id)).toEqual(['shop']);
    const [jobs] = await bigquery.getJobs({ allUsers: true });
    expect(jobs.length).toBeGreaterThan(3);
    expect(JSON.stringify(jobs.map(({ metadata }) => metadata))).not.toMatch(/guard_keys|outer_pad/);
  });

  it('nor does a job, to whom it belongs', async () => {
    const sql = 'SELECT mail FROM shop.people';
    const [job] = await bigquery.createQueryJob(sql);
    await job.getQueryResults();
    const [metadata] = await job.getMetadata();
    expect(metadata.configuration.query.query).toBe(sql);
    expect(JSON.stringify(metadata)).not.toMatch(/guard_keys|outer_pad/);
    const [dry] = await bigquery.createQueryJob({ query: sql, dryRun: true });
    expect(JSON.stringify(dry.metadata)).not.toMatch(/guard_keys|outer_pad/);
  });
});

it('errors do not tell where keys are missed', async () => {
  const owner = new Official(standIn.clientOptions);
  const [rows] = await owner.query('SELECT id FROM guard_keys.pads LIMIT 1');
  expect(rows).toHaveLength(1);
  await owner.dataset('guard_keys').table('pads').delete();
  const failure: unknown = await bigquery
    .query('SELECT id FROM shop.people WHERE mail IS NULL')
    .catch((error: unknown) => error);
  errors.push(failure);
  expect(String(failure)).toContain('keys of masks');
  const job = bigquery.createQueryJob('SELECT id, mail FROM shop.people WHERE mail IS NULL');
  const outcome: unknown = await job
    .then(([created]) => created.getQueryResults())
    .catch((error: unknown) => error);
  errors.push(outcome);
  expect(String(outcome)).toContain('keys of masks');
});

it('no key is sent, recorded or told', async () => {
  const files = await readdir(join(folder, 'audit'), { recursive: true, withFileTypes: true });
  const recorded = await Promise.all(
    files.filter((each) => each.isFile()).map((each) => readFile(join(each.parentPath, each.name), 'utf8')),
  );
  const sent = standIn.requests.map((request) => JSON.stringify(request));
  const told = errors.map(
    (error) => `${String(error)} ${JSON.stringify(error)} ${inspect(error, { depth: 8 })}`,
  );
  expect(errors.length).toBeGreaterThan(35);
  expect(recorded.join('')).toContain('dateShift');
  expect(sent.join('')).toContain('outer_pad');
  const secrets = [
    canary,
    ...['randomHash', 'dateShift', 'formatPreserving'].map((purpose) =>
      Buffer.from(hkdfSync('sha256', canary, 'bigquery-guard', purpose, 32)),
    ),
  ];
  const forms = secrets.flatMap((secret) => {
    const padded = Buffer.concat([secret, Buffer.alloc(64)]).subarray(0, 64);
    return [secret, padded.map((byte) => byte ^ 0x36), padded.map((byte) => byte ^ 0x5c)]
      .map((bytes) => Buffer.from(bytes))
      .flatMap((bytes) => [bytes.toString('base64').slice(0, 30), bytes.toString('hex').slice(0, 30)]);
  });
  forms.push(canary.toString('latin1').slice(0, 14));
  for (const text of [...recorded, ...sent, ...told])
    for (const form of forms) expect(text.toLowerCase().includes(form.toLowerCase())).toBe(false);
  expect(told.join('')).not.toMatch(/outer_pad|inner_pad/);
});
