import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maskOf, type ScalarType } from '../../../src/middleware/masking/masks/index.ts';
import type { AppliedMask } from '../../../src/middleware/policy/mask-choice.ts';
import type { StandIn } from '../../../src/testing/index.ts';
import { keyed, secrets, standInWithKeys } from './keyed.ts';

/** Values made up at random: a mask as SQL and on cells gives the same, and knows its own output. */
let standIn: StandIn;

beforeAll(async () => {
  standIn = await standInWithKeys();
});

afterAll(async () => {
  await standIn.close();
});

const texts = fc.array(
  fc.string({
    unit: fc.constantFrom('a', 'B', '7', '-', ' ', '@', '.', "'", '\\', 'ä', '😀', '\n'),
    maxLength: 12,
  }),
  { minLength: 1, maxLength: 20 },
);
const integers = fc.array(fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), {
  minLength: 1,
  maxLength: 20,
});
const cents = fc.array(fc.integer({ min: -1_000_000, max: 1_000_000 }), { minLength: 1, maxLength: 20 });
const moments = fc.array(
  fc.date({ min: new Date('1700-01-01'), max: new Date('2300-01-01'), noInvalidDate: true }),
  { minLength: 1, maxLength: 20 },
);

const iso = (date: Date): string => date.toISOString().slice(0, 23);
const decimal = (value: number): string =>
  `${value < 0 ? '-' : ''}${Math.trunc(Math.abs(value) / 100)}.${String(Math.abs(value) % 100).padStart(2, '0')}`;

interface Kind<T> {
  readonly type: ScalarType;
  readonly values: fc.Arbitrary<readonly T[]>;
  readonly sql: (value: T) => string;
}

const kind = <T>(each: Kind<T>): Kind<T> => each;

const string = kind<string>({ type: 'STRING', values: texts, sql: (value) => JSON.stringify(value) });
const bytes = kind<string>({
  ...string,
  type: 'BYTES',
  sql: (value) => `CAST(${JSON.stringify(value)} AS BYTES)`,
});
const int64 = kind<bigint>({ type: 'INT64', values: integers, sql: String });
const numeric = kind<number>({
  type: 'NUMERIC',
  values: cents,
  sql: (value) => `NUMERIC '${decimal(value)}'`,
});
const float = kind<number>({
  type: 'FLOAT64',
  values: cents,
  sql: (value) => `CAST(${decimal(value)} AS FLOAT64)`,
});
const date = kind<Date>({
  type: 'DATE',
  values: moments,
  sql: (value) => `DATE '${iso(value).slice(0, 10)}'`,
});
const datetime = kind<Date>({
  type: 'DATETIME',
  values: moments,
  sql: (value) => `DATETIME '${iso(value)}'`,
});
const timestamp = kind<Date>({
  type: 'TIMESTAMP',
  values: moments,
  sql: (value) => `TIMESTAMP '${iso(value)}+00'`,
});

/** What the stand-in gives for the values and for their masks, in the same order. */
async function both(
  sqls: readonly string[],
  choice: AppliedMask,
  type: ScalarType,
): Promise<readonly (readonly [string, unknown])[]> {
  const masked = maskOf(choice, secrets).expression('r.x', type, 'r');
  const values = `SELECT x, MOD(o, 3) AS person, o FROM UNNEST([${sqls.join(', ')}]) AS x WITH OFFSET AS o`;
  const sql = `SELECT x, ${masked} FROM (${values}) AS r ORDER BY o`;
  const { rows } = await standIn.engine.query({ sql, project: 'acme', parameters: [] });
  return rows.map(({ f: [value, hidden] }) => [
    typeof value?.v === 'string' ? value.v : expect.fail(),
    hidden?.v,
  ]);
}

const canonical = (value: unknown, type: ScalarType): unknown =>
  value !== null && ['FLOAT64', 'NUMERIC', 'TIMESTAMP'].includes(type) ? Number(value) : value;

async function agrees<T>(choice: AppliedMask, { type, values, sql }: Kind<T>): Promise<void> {
  const mask = maskOf(choice, secrets);
  const property = fc.asyncProperty(values, async (list) => {
    const pairs = await both(list.map(sql), choice, type);
    for (const [index, [value, found]] of pairs.entries()) {
      const cell = mask.cell(value, type, String(index % 3));
      expect([value, canonical(cell, type)]).toEqual([value, canonical(found, type)]);
      expect([value, typeof cell !== 'string' || mask.releases(cell, type)]).toEqual([value, true]);
    }
  });
  await fc.assert(property, { numRuns: 15 });
}

describe('a mask gives the same in SQL and on cells', () => {
  const ofTexts: readonly AppliedMask[] = [
    keyed.cryptoHash,
    keyed.randomHash,
    { with: 'sha256' },
    { with: 'firstFour' },
    { with: 'lastFour' },
    { with: 'emailMask' },
    { with: 'redact' },
    { with: 'replace', value: "it's \\ gone – ä\n" },
    { with: 'characterMask' },
    { with: 'characterMask', character: '\\', count: 4 },
    { with: 'characterMask', count: 3, reverse: true },
    { with: 'characterMask', skip: "-'\\", character: '#' },
    { with: 'characterMask', skip: '- ', count: 4 },
    { with: 'characterMask', skip: '- ', count: 4, reverse: true },
  ];
  it.each(ofTexts.map((choice) => [JSON.stringify(choice), choice] as const))('%s', async (_name, choice) => {
    await agrees(choice, string);
  });

  it.each([{ with: 'sha256' }, { with: 'redact' }, keyed.cryptoHash, keyed.randomHash] as const)(
    '$with of BYTES',
    async (choice) => {
      await agrees(choice, bytes);
    },
  );

  it('dateShift', async () => {
    await agrees(keyed.dateShift, date);
    await agrees(keyed.dateShift, datetime);
    await agrees(keyed.dateShift, timestamp);
  });

  it.each([1, 10, 7])('bucket of %i', async (size) => {
    await agrees({ with: 'bucket', size }, int64);
    await agrees({ with: 'bucket', size }, numeric);
    await agrees({ with: 'bucket', size }, float);
  });

  it.each(['YEAR', 'MONTH', 'DAY', 'HOUR'] as const)('timePart of %s', async (part) => {
    const choice = { with: 'timePart', part } as const;
    if (part !== 'HOUR') await agrees(choice, date);
    await agrees(choice, datetime);
    await agrees(choice, timestamp);
  });
});
