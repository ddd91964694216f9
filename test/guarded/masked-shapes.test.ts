import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildMiddleware } from '../../src/config/build-middleware.ts';
import { parseConfig } from '../../src/config/load-config.ts';
import { BigQuery, createGuard, type Guard } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/testing/index.ts';

/** Masked fields at the bottom of records and arrays: what is around them stays as it is. */
let standIn: StandIn;
let folder: string;
let guard: Guard;
let bigquery: BigQuery;

const levels = Array.from({ length: 14 }, (_, index) => `d${index}`);
const deepType = levels.reduceRight(
  (inner, name) => `STRUCT<n INT64, ${name} ${inner}>`,
  'STRUCT<secret STRING>',
);
const deepValue = levels.reduceRight(
  (inner, name) => `STRUCT(1 AS n, ${inner} AS ${name})`,
  "STRUCT('x' AS secret)",
);
const deepPath = ['deep', ...levels, 'secret'].join('.');

beforeAll(async () => {
  standIn = await startStandIn({
    project: 'acme',
    seed: {
      datasets: ['shop'],
      statements: [
        `CREATE TABLE shop.shapes (id INT64, deep ${deepType}, many ARRAY<STRUCT<n INT64, more ARRAY<STRUCT<secret STRING, k INT64>>>>, codes ARRAY<STRING>, note JSON)`,
        `INSERT INTO shop.shapes VALUES
          (1, ${deepValue}, [STRUCT(2, [STRUCT('b', 2), STRUCT('a', 1)]), STRUCT(1, []), STRUCT(3, [STRUCT(NULL, 9)])], ['zz9', 'aa1'], JSON '{"a": {"b": "x"}, "c": 1}'),
          (2, NULL, [], [], NULL)`,
      ],
    },
  });
  folder = await mkdtemp(join(tmpdir(), 'shapes-'));
  const config = parseConfig(`version: 1
project: acme
principal: { id: agent-a }
tags:
  fields: { columns: [shop.shapes.${deepPath}, shop.shapes.many.more.secret] }
  codes: { columns: [shop.shapes.codes] }
  note: { columns: [shop.shapes.note] }
rules:
  - { name: read, operations: [read, metadata], datasets: [shop], effect: allow }
masks:
  - { name: hide, tags: [fields], with: redact }
  - { name: codes, tags: [codes], with: characterMask, count: 2 }
  - { name: note, tags: [note], with: defaultValue }
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

const rowsOf = async (sql: string): Promise<unknown> =>
  JSON.parse(JSON.stringify((await bigquery.query(sql))[0]));

const many = [
  {
    n: 2,
    more: [
      { secret: '', k: 2 },
      { secret: '', k: 1 },
    ],
  },
  { n: 1, more: [] },
  { n: 3, more: [{ secret: null, k: 9 }] },
];
const deep = levels.reduceRight<unknown>((inner, name) => ({ n: 1, [name]: inner }), { secret: '' });
const first = { id: 1, deep, many, codes: ['**9', '**1'], note: 'null' };
const second = { id: 2, deep: null, many: [], codes: [], note: 'null' };

describe('masked fields', () => {
  it('fifteen records deep, in arrays of records in arrays, keep order, NULL and emptiness around them', async () => {
    expect(await rowsOf('SELECT * FROM shop.shapes ORDER BY id')).toEqual([first, second]);
    expect(await rowsOf('SELECT s.* FROM shop.shapes AS s WHERE id = 2')).toEqual([second]);
  });

  it('are masked by whatever name they are reached', async () => {
    expect(await rowsOf(`SELECT ${deepPath} AS s FROM shop.shapes ORDER BY id`)).toEqual([
      { s: '' },
      { s: null },
    ]);
    expect(
      await rowsOf(
        'SELECT e.n, f.secret, o FROM shop.shapes AS s, s.many AS e, e.more AS f WITH OFFSET AS o',
      ),
    ).toEqual([
      { n: 2, secret: '', o: 0 },
      { n: 2, secret: '', o: 1 },
      { n: 3, secret: null, o: 0 },
    ]);
    expect(await rowsOf('SELECT c FROM shop.shapes, UNNEST(codes) AS c WITH OFFSET AS o ORDER BY o')).toEqual(
      [{ c: '**9' }, { c: '**1' }],
    );
    expect(
      await rowsOf(`SELECT note.a.b AS b, JSON_VALUE(note, '$.c') AS c FROM shop.shapes WHERE id = 1`),
    ).toEqual([{ b: null, c: null }]);
    expect(await rowsOf(`SELECT COUNT(*) AS n FROM shop.shapes, UNNEST(codes) AS c WHERE c = 'zz9'`)).toEqual(
      [{ n: 0 }],
    );
  });

  it('are masked alike on rows without a query', async () => {
    const [rows] = await bigquery.dataset('shop').table('shapes').getRows();
    expect(JSON.parse(JSON.stringify(rows))).toEqual([first, second]);
  });
});
