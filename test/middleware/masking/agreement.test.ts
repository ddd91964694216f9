import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { masks, type ScalarType } from '../../../src/middleware/masking/masks/index.ts';
import { startStandIn, type StandIn } from '../../../src/testing/index.ts';

/** A mask in SQL and the same mask on a cell of a REST answer give the same value. */
let standIn: StandIn;

beforeAll(async () => {
  standIn = await startStandIn({ project: 'acme' });
});

afterAll(async () => {
  await standIn.close();
});

async function cellOf(sql: string): Promise<unknown> {
  const { rows } = await standIn.engine.query({ sql: `SELECT ${sql}`, project: 'acme', parameters: [] });
  return rows[0]?.f[0]?.v;
}

const texts = [
  'randomtext',
  '',
  '1234',
  '12345',
  'a😀bcd',
  'ada@example.com',
  'test@gmail@gmail.com',
  'ä@b.c',
  'x@y',
  "o'neil",
  'two\nlines',
];

describe.each(['nullify', 'defaultValue', 'sha256', 'firstFour', 'lastFour', 'emailMask', 'redact'] as const)(
  '%s',
  (name) => {
    it.each(texts)('of %j', async (text) => {
      const literal = `(SELECT x FROM UNNEST([${JSON.stringify(text)}]) AS x)`;
      const expected = masks[name].cell(text, 'STRING');
      expect(await cellOf(masks[name].expression(literal, 'STRING'))).toBe(expected);
    });

    it('of NULL', async () => {
      const expected = masks[name].replacesNull ? masks[name].cell('', 'STRING') : null;
      expect(await cellOf(masks[name].expression('CAST(NULL AS STRING)', 'STRING'))).toBe(expected);
    });
  },
);

describe('defaultValue', () => {
  const values: readonly (readonly [ScalarType, string])[] = [
    ['BYTES', "b'abc'"],
    ['INT64', '7'],
    ['FLOAT64', '7.5'],
    ['NUMERIC', "NUMERIC '7.5'"],
    ['BIGNUMERIC', "BIGNUMERIC '7.5'"],
    ['BOOL', 'TRUE'],
    ['DATE', "DATE '2024-02-03'"],
    ['DATETIME', "DATETIME '2024-02-03 04:05:06'"],
    ['TIME', "TIME '04:05:06'"],
    ['TIMESTAMP', "TIMESTAMP '2024-02-03 04:05:06+00'"],
    ['JSON', `JSON '{"a":1}'`],
  ];

  it.each(values)('of %s', async (type, value) => {
    const cell = masks.defaultValue.cell('anything', type);
    const found = await cellOf(masks.defaultValue.expression(value, type));
    expect(type === 'FLOAT64' ? Number(found) : found).toBe(type === 'FLOAT64' ? Number(cell) : cell);
  });
});

it('a masked value keeps its type', async () => {
  const sql = `SELECT ${masks.nullify.expression('1', 'INT64')} AS a, ${masks.lastFour.expression("'x'", 'STRING')} AS b, ${masks.sha256.expression("b'x'", 'BYTES')} AS c`;
  const { schema } = await standIn.engine.query({ sql, project: 'acme', parameters: [] });
  expect(schema?.map(({ type }) => type)).toEqual(['INTEGER', 'STRING', 'BYTES']);
});
