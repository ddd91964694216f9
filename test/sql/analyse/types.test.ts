import { expect, test } from 'vitest';
import { analyse, staticCatalog } from '../../../src/sql/index.ts';

const catalog = staticCatalog({
  tables: [
    {
      name: 'p.d.t',
      columns: {
        b: 'BOOL',
        i: 'INT64',
        n: 'NUMERIC',
        big: 'BIGNUMERIC',
        f: 'FLOAT64',
        s: 'STRING',
        bytes: 'BYTES',
        day: 'DATE',
        clock: 'TIME',
        moment: 'DATETIME',
        instant: 'TIMESTAMP',
        span: 'INTERVAL',
        days: 'RANGE<DATE>',
        doc: 'JSON',
        list: 'ARRAY<INT64>',
        place: 'GEOGRAPHY',
      },
    },
  ],
});

async function typeOf(expression: string): Promise<string | undefined> {
  const { facts } = await analyse(`SELECT ${expression} AS x FROM d.t`, { catalog, project: 'p' });
  return facts.outputs[0]?.type ?? facts.gaps[0]?.message;
}

/** Each as the analyser of GoogleSQL types it. */
const types: Readonly<Record<string, readonly string[]>> = {
  BOOL: ['JSON_CONTAINS(doc, doc)', 'ST_ISCOLLECTION(place)', 'i > f', 'SAFE.STARTS_WITH(s, "a")'],
  INT64: [
    'i + 1',
    'DIV(i, 2)',
    'SAFE_ADD(i, i)',
    'MOD(i, 2)',
    'SIGN(i)',
    'ARRAY_SUM(list)',
    'IFERROR(i, 0)',
    'IF(b, i, 1)',
  ],
  NUMERIC: [
    'n * 1.5',
    'POW(n, 0.5)',
    'SAFE_DIVIDE(n, 2)',
    'IF(b, i, n)',
    'IF(b, 1.5, n)',
    'CASE WHEN b THEN 0 ELSE n END',
    'SQRT(n)',
    'ROUND(n, 2)',
    'LEAST(i, n)',
    'LAG(n, 1, 0) OVER (ORDER BY i)',
    'PARSE_NUMERIC(s)',
  ],
  BIGNUMERIC: ['n + big', 'COALESCE(n, big)'],
  FLOAT64: [
    'i / 2',
    'n + f',
    'POW(i, 2)',
    'SAFE_DIVIDE(i, i)',
    'COALESCE(i, f)',
    'GREATEST(i, f, n)',
    'ROUND(i)',
    'AVG(i) OVER ()',
    'ARRAY_AVG(list)',
    'IFNULL(i, 0.5)',
  ],
  STRING: ["IF(b, s, 'x')", 'STRING_AGG(s) OVER ()', 'TYPEOF(i)', "s || 'x'"],
  BYTES: ["IF(b, bytes, 'x')", 'STRING_AGG(bytes) OVER ()', 'bytes || bytes'],
  DATE: [
    'day + 1',
    '1 + day',
    "IF(b, day, '2024-01-01')",
    'RANGE_START(days)',
    'DATE_ADD(day, INTERVAL 1 DAY)',
  ],
  DATETIME: ['day + INTERVAL 1 DAY', 'moment - INTERVAL 1 DAY', 'IF(b, day, moment)'],
  TIMESTAMP: ['INTERVAL 1 DAY + instant', 'TIMESTAMP_TRUNC(instant, DAY)'],
  INTERVAL: ['day - day', 'clock - clock', '2 * span', 'span / 2', 'span + span'],
  'RANGE<DATE>': ['RANGE(day, day)', 'RANGE_INTERSECT(days, days)'],
  'ARRAY<RANGE<DATE>>': ['GENERATE_RANGE_ARRAY(days, INTERVAL 1 DAY)'],
  'ARRAY<INT64>': ['ARRAY_FIRST_N(list, 2)', 'INT64_ARRAY(doc)', 'ARRAY_OFFSETS(list, 1)', '[1, i]'],
  'ARRAY<FLOAT64>': ['[i, f]', 'GENERATE_ARRAY(1, 2, 0.5)'],
  'ARRAY<NUMERIC>': ['[n, 0.5]'],
  'ARRAY<STRING>': ["SPLIT(s, ',')", "REGEXP_EXTRACT_ALL(s, 'a')"],
  'ARRAY<BYTES>': ["SPLIT(bytes, b',')"],
  'ARRAY<GEOGRAPHY>': ['ST_DUMP(place)'],
  'ARRAY<STRUCT<a FLOAT64>>': ['[STRUCT(1 AS a), STRUCT(1.5 AS a)]'],
  'ARRAY<STRUCT<value STRING, sum FLOAT64>>': ['APPROX_TOP_SUM(s, f, 3)'],
  'STRUCT<xmin FLOAT64, ymin FLOAT64, xmax FLOAT64, ymax FLOAT64>': ['ST_BOUNDINGBOX(place)'],
};

test.each(Object.entries(types))('%s is the type of what makes it', async (type, expressions) => {
  const found = await Promise.all(expressions.map(typeOf));
  expect(Object.fromEntries(expressions.map((each, index) => [each, found[index]]))).toEqual(
    Object.fromEntries(expressions.map((each) => [each, type])),
  );
});

test('the sides of a set operation have one type', async () => {
  const sql = 'SELECT i, n, day FROM d.t UNION ALL SELECT f, 1.5, "2024-01-01" FROM d.t';
  const { facts } = await analyse(sql, { catalog, project: 'p' });
  expect(facts.outputs.map(({ type }) => type)).toEqual(['FLOAT64', 'NUMERIC', 'DATE']);
});

test('a text that stands for a date has no type of its own', async () => {
  expect(await typeOf("DATE_ADD('2024-01-01', INTERVAL 1 DAY)")).toBeUndefined();
});
