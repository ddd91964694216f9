import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { maskOf, typesOf, type ScalarType } from '../../../src/middleware/masking/masks/index.ts';
import { allTypes } from '../../../src/middleware/masking/masks/mask.ts';
import {
  byStrictness,
  byUse,
  type AppliedMask,
  type MaskName,
} from '../../../src/middleware/policy/mask-choice.ts';
import type { StandIn } from '../../../src/testing/index.ts';
import { keyed, secrets, standInWithKeys } from './keyed.ts';

/**
 * Every mask on every type that it fits: what it gives as SQL at the table and on a cell of an answer. Outputs are those
 * that Google documents; keyed ones were computed by Python's hmac, by Tink, and by NIST.
 */

const { cryptoHash, randomHash, dateShift } = keyed;

/** A value as SQL and as REST writes it, and what the mask makes of it. */
interface Line {
  readonly mask: AppliedMask;
  readonly type: ScalarType;
  readonly sql: string;
  readonly cell: string;
  readonly gives: string | null;
  readonly person?: string;
}

const line = (
  mask: AppliedMask,
  type: ScalarType,
  [sql, cell, gives, person]: readonly [string, string, string | null, (string | undefined)?],
): Line => ({ mask, type, sql, cell, gives, ...(person !== undefined && { person }) });

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** One value of each type. */
const values: Readonly<Record<ScalarType, readonly [sql: string, cell: string]>> = {
  STRING: ["'abc'", 'abc'],
  BYTES: ["b'abc'", 'YWJj'],
  INT64: ['7', '7'],
  FLOAT64: ['7.5', '7.5'],
  NUMERIC: ["NUMERIC '7.5'", '7.5'],
  BIGNUMERIC: ["BIGNUMERIC '7.5'", '7.5'],
  BOOL: ['TRUE', 'true'],
  DATE: ["DATE '2024-02-03'", '2024-02-03'],
  DATETIME: ["DATETIME '2024-02-03 04:05:06'", '2024-02-03T04:05:06'],
  TIME: ["TIME '04:05:06'", '04:05:06'],
  TIMESTAMP: ["TIMESTAMP '2024-02-03 04:05:06+00'", '1706933106.0'],
  GEOGRAPHY: ['ST_GEOGPOINT(1, 2)', 'POINT(1 2)'],
  JSON: [`JSON '{"a":1}'`, '{"a":1}'],
  INTERVAL: ["INTERVAL '1-2 3 4:5:6' YEAR TO SECOND", '1-2 3 4:5:6'],
  RANGE: ["RANGE<DATE> '[2024-01-01, 2024-02-01)'", '[2024-01-01, 2024-02-01)'],
};

const defaults: Readonly<Partial<Record<ScalarType, string>>> = {
  STRING: '',
  BYTES: '',
  INT64: '0',
  FLOAT64: '0.0',
  NUMERIC: '0',
  BIGNUMERIC: '0',
  BOOL: 'false',
  DATE: '1970-01-01',
  DATETIME: '1970-01-01T00:00:00',
  TIME: '00:00:00',
  TIMESTAMP: '0',
  GEOGRAPHY: 'POINT(0 0)',
  JSON: 'null',
};

const moments: readonly (readonly [type: ScalarType, sql: string, cell: string])[] = [
  ['DATE', ...values.DATE],
  ['DATETIME', ...values.DATETIME],
  ['TIMESTAMP', ...values.TIMESTAMP],
];
/** What a date, a datetime and a timestamp become. */
const onMoments = (mask: AppliedMask, gives: readonly string[], person?: string): readonly Line[] =>
  moments
    .filter(([type]) => typesOf(mask).includes(type))
    .map(([type, sql, cell], index) => line(mask, type, [sql, cell, gives[index] ?? '', person]));

const onTexts = (
  mask: AppliedMask,
  ...pairs: readonly (readonly [value: string, gives: string | null])[]
): readonly Line[] =>
  pairs.map(([value, gives]) => line(mask, 'STRING', [JSON.stringify(value), value, gives]));

const table: Readonly<Record<Exclude<MaskName, 'routine'>, readonly Line[]>> = {
  suppressRecord: allTypes.map((type) => line({ with: 'suppressRecord' }, type, [...values[type], null])),
  nullify: allTypes.map((type) => line({ with: 'nullify' }, type, [...values[type], null])),
  defaultValue: Object.keys(defaults).flatMap((name) => {
    const type = allTypes.find((each) => each === name);
    return type === undefined
      ? []
      : [line({ with: 'defaultValue' }, type, [...values[type], defaults[type] ?? null])];
  }),
  redact: [
    ...onTexts({ with: 'redact' }, ['abc', ''], ['', '']),
    line({ with: 'redact' }, 'BYTES', [...values.BYTES, '']),
  ],
  replace: onTexts({ with: 'replace', value: "it's\\gone – ä\n" }, ['abc', "it's\\gone – ä\n"]),
  sha256: [
    ...onTexts(
      { with: 'sha256' },
      ['randomtext', 'jQHDyQuj7vJcveEe59ygb3Zcvj0B5FJINBzgM6Bypgw='],
      ['', '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='],
    ),
    line({ with: 'sha256' }, 'BYTES', [
      "b'randomtext'",
      base64('randomtext'),
      'jQHDyQuj7vJcveEe59ygb3Zcvj0B5FJINBzgM6Bypgw=',
    ]),
  ],
  cryptoHash: [
    ...onTexts(
      cryptoHash,
      ['ada@x.example', '1EAsHBpXCfaPoQCqHsimlqmfTRgzb5O9OJU3Fg+kXBg='],
      ['ä😀', 'cZ7y7KvEuXAqadBe8UrOVCfj57/Zc9DfndKMsEuk4lI='],
      ['', 'Y7tk7cd8s/UWgLrmlZhEJNclPke0icA8aANH+njNtIc='],
    ),
    line(cryptoHash, 'BYTES', [
      "b'ada@x.example'",
      base64('ada@x.example'),
      '1EAsHBpXCfaPoQCqHsimlqmfTRgzb5O9OJU3Fg+kXBg=',
    ]),
  ],
  randomHash: [
    ...onTexts(randomHash, ['ada@x.example', '9aKTIEvyat0SO3BP+xV5xWugf1D95j8Xh51XCw2IkEw=']),
    line(randomHash, 'BYTES', [
      "b'ada@x.example'",
      base64('ada@x.example'),
      '9aKTIEvyat0SO3BP+xV5xWugf1D95j8Xh51XCw2IkEw=',
    ]),
  ],
  emailMask: onTexts(
    { with: 'emailMask' },
    ['abc123@gmail.com', 'XXXXX@gmail.com'],
    ['test@gmail@gmail.com', 'Qdje6MO+GLwI0u+KyRyAICDjHbLF1ImxRqaW08tY52k='],
  ),
  firstFour: onTexts(
    { with: 'firstFour' },
    ['123456789', '1234XXXXX'],
    ['a😀bcd', 'a😀bcXXXXX'],
    ['1234', 'A6xnQhbz4Vx2HuGl4lXwZ5U2I8iziLRFnhP5eNfIRvQ='],
  ),
  lastFour: onTexts(
    { with: 'lastFour' },
    ['123456789', 'XXXXX6789'],
    ['a😀bcd', 'XXXXX😀bcd'],
    ['1234', 'A6xnQhbz4Vx2HuGl4lXwZ5U2I8iziLRFnhP5eNfIRvQ='],
  ),
  characterMask: [
    ...onTexts({ with: 'characterMask' }, ['abc', '***'], ['ä😀', '**'], ['', '']),
    ...onTexts({ with: 'characterMask', skip: '-', count: 12 }, [
      '4111-1111-1111-1234',
      '****-****-****-1234',
    ]),
    ...onTexts({ with: 'characterMask', reverse: true, count: 2, character: '#' }, ['abcd', 'ab##']),
  ],
  dateYear: onMoments({ with: 'dateYear' }, ['2024-01-01', '2024-01-01T00:00:00', '1704067200.0']),
  timePart: [
    ...onMoments({ with: 'timePart', part: 'YEAR' }, ['2024-01-01', '2024-01-01T00:00:00', '1704067200.0']),
    ...onMoments({ with: 'timePart', part: 'MONTH' }, ['2024-02-01', '2024-02-01T00:00:00', '1706745600.0']),
    ...onMoments({ with: 'timePart', part: 'DAY' }, ['2024-02-03', '2024-02-03T00:00:00', '1706918400.0']),
    ...onMoments({ with: 'timePart', part: 'HOUR' }, ['2024-02-03T04:00:00', '1706932800.0']),
  ],
  dateShift: [
    ...onMoments(dateShift, ['2024-03-17', '2024-03-17T04:05:06', '1710648306.0'], 'p1'),
    ...onMoments(dateShift, ['2023-11-25', '2023-11-25T04:05:06', '1700885106.0'], 'p2'),
    line(dateShift, 'DATE', ["DATE '9999-12-01'", '9999-12-01', null, 'p2']),
    line(dateShift, 'TIMESTAMP', ["TIMESTAMP '0001-01-01 00:00:00+00'", '-62135596800.0', null, 'p1']),
  ],
  bucket: [
    line({ with: 'bucket', size: 10 }, 'INT64', ['27', '27', '20']),
    line({ with: 'bucket', size: 10 }, 'INT64', ['-3', '-3', '-10']),
    line({ with: 'bucket', size: 10 }, 'NUMERIC', ["NUMERIC '-0.5'", '-0.5', '-10']),
    line({ with: 'bucket', size: 10 }, 'BIGNUMERIC', ["BIGNUMERIC '27.5'", '27.5', '20']),
    line({ with: 'bucket', size: 10 }, 'FLOAT64', ['27.5', '27.5', '20']),
  ],
  // Only on cells: see the tests below.
  cryptoDeterministic: [],
  formatPreserving: [],
};

/** What the stand-in cannot hold, cannot be asked of it. */
const beyondStandIn: ReadonlySet<ScalarType> = new Set(['GEOGRAPHY', 'RANGE']);

let standIn: StandIn;

beforeAll(async () => {
  standIn = await standInWithKeys();
});

afterAll(async () => {
  await standIn.close();
});

async function cellOf(expression: string, value: string, person: string): Promise<unknown> {
  const sql = `SELECT ${expression} FROM (SELECT ${value} AS v, ${person} AS person) AS r`;
  const { rows, schema } = await standIn.engine.query({ sql, project: 'acme', parameters: [] });
  types.push(schema?.[0]?.type);
  return rows[0]?.f[0]?.v;
}

/** Of what was asked last. */
const types: unknown[] = [];
const restTypes: Readonly<Partial<Record<ScalarType, string>>> = {
  INT64: 'INTEGER',
  FLOAT64: 'FLOAT',
  BOOL: 'BOOLEAN',
};

const lines = Object.values(table).flat();
const title = ({ mask, type, cell }: Line): string =>
  `${mask.with} of ${type} ${JSON.stringify(cell)} ${JSON.stringify({ ...mask, keyAtSource: undefined })}`;

/** Numbers and moments may be written in several ways. */
const canonical = (value: unknown, type: ScalarType): unknown => {
  if (value === null || !['FLOAT64', 'NUMERIC', 'BIGNUMERIC', 'TIMESTAMP'].includes(type)) return value;
  const isMicroseconds = type === 'TIMESTAMP' && typeof value === 'string' && /^-?\d{7,}$/.test(value);
  return isMicroseconds ? Number(value) / 1e6 : Number(value);
};

describe('a mask gives what is documented', () => {
  it.each(lines.map((each) => [title(each), each] as const))('%s', async (_title, each) => {
    const { mask, type, sql, cell, gives, person = 'p1' } = each;
    const made = maskOf(mask, secrets);
    expect(made.cell(cell, type, person)).toBe(gives);
    if (beyondStandIn.has(type)) return;
    const found = await cellOf(made.expression('r.v', sqlType(type), 'r'), sql, JSON.stringify(person));
    expect(canonical(found, type)).toEqual(canonical(gives, type));
    expect(types.at(-1)).toBe(restTypes[type] ?? type);
  });

  it.each(lines.map((each) => [title(each), each] as const))('NULL in %s', async (_title, each) => {
    const { mask, type } = each;
    const made = maskOf(mask, secrets);
    if (beyondStandIn.has(type)) return;
    const empty = `CAST(NULL AS ${sqlType(type)})`;
    const found = await cellOf(made.expression('r.v', sqlType(type), 'r'), empty, "'p1'");
    expect(canonical(found, type)).toEqual(canonical(made.replacesNull ? made.cell('', type) : null, type));
  });
});

const sqlType = (type: ScalarType): string => (type === 'RANGE' ? 'RANGE<DATE>' : type);

it('every mask stands in the table with every type that it fits, and in both orders', () => {
  for (const [name, all] of Object.entries(table)) {
    const [first] = all;
    if (first === undefined) continue;
    const tested = new Set(all.map(({ type }) => type));
    expect([name, [...typesOf(first.mask)].toSorted()]).toEqual([name, [...tested].toSorted()]);
  }
  const named = [...Object.keys(table), 'routine'].toSorted();
  expect([...byStrictness].toSorted()).toEqual(named);
  expect([...byUse].toSorted()).toEqual(named);
});

describe('dateShift', () => {
  const mask = maskOf(dateShift, secrets);

  it('keeps the time between two dates of one person', () => {
    expect(mask.cell('2024-02-04', 'DATE', 'p1')).toBe('2024-03-18');
    expect(mask.cell('2024-03-01', 'DATE', 'p1')).toBe('2024-04-13');
  });

  it('is the same for a person whose id is a number, and NULL where there is no person', async () => {
    expect(mask.cell('2024-02-03', 'DATE', '7')).toBe('2023-11-28');
    const sql = mask.expression('r.v', 'DATE', 'r');
    expect(await cellOf(sql, "DATE '2024-02-03'", '7')).toBe('2023-11-28');
    expect(mask.cell('2024-02-03', 'DATE', null)).toBe(null);
    expect(await cellOf(sql, "DATE '2024-02-03'", 'CAST(NULL AS STRING)')).toBe(null);
  });
});
