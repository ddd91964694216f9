import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../src/call/json.ts';
import { maskOf } from '../../../src/middleware/masking/masks/index.ts';
import { rowMask } from '../../../src/middleware/masking/row-mask.ts';
import type { ColumnMask } from '../../../src/middleware/policy/decision.ts';
import type { MaskChoice } from '../../../src/middleware/policy/mask-choice.ts';
import type { CatalogColumn } from '../../../src/sql/catalog.ts';

/** Values that are unusual and that BigQuery answers all the same. */
const column = (name: string, type: string, rest: Partial<CatalogColumn> = {}): CatalogColumn => ({
  name,
  type,
  mode: 'NULLABLE',
  ...rest,
});

const repeated = (name: string, type: string, rest: Partial<CatalogColumn> = {}): CatalogColumn =>
  column(name, type, { ...rest, mode: 'REPEATED' });

const mask = (path: readonly string[], choice: MaskChoice): ColumnMask => ({
  ...choice,
  table: { project: 'p', dataset: 'd', name: 't' },
  path,
  rule: 'm',
});

const row = (...values: readonly Json[]): Json => ({ f: values.map((v) => ({ v })) });
const list = (...values: readonly Json[]): Json => values.map((v) => ({ v }));

const masked = (columns: readonly CatalogColumn[], masks: readonly ColumnMask[], value: Json): Json =>
  rowMask(columns, masks, maskOf)(value);

const one = (type: string, choice: MaskChoice, value: Json): Json =>
  masked([column('c', type)], [mask(['c'], choice)], row(value));

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('base64');

describe('a mask', () => {
  it('takes values of ten megabytes', () => {
    const long = 'é'.repeat(5_000_000);
    expect(one('STRING', { with: 'lastFour' }, long)).toEqual(row('XXXXXéééé'));
    expect(one('STRING', { with: 'firstFour' }, long)).toEqual(row('ééééXXXXX'));
    expect(one('STRING', { with: 'sha256' }, long)).toEqual(row(sha256(Buffer.from(long))));
    expect(one('STRING', { with: 'emailMask' }, `${'a'.repeat(10_000_000)}@x.example`)).toEqual(
      row('XXXXX@x.example'),
    );
    expect(one('STRING', { with: 'characterMask' }, long)).toEqual(row('*'.repeat(5_000_000)));
    expect(one('STRING', { with: 'nullify' }, long)).toEqual(row(null));
  });

  it('takes bytes that are no UTF-8', () => {
    const bytes = Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]);
    expect(one('BYTES', { with: 'sha256' }, bytes.toString('base64'))).toEqual(row(sha256(bytes)));
    expect(one('BYTES', { with: 'redact' }, bytes.toString('base64'))).toEqual(row(''));
  });

  it('reaches fifteen records deep, through arrays', () => {
    const path = ['secret'];
    let [columns, value, expected]: [CatalogColumn[], Json, Json] = [
      [column('secret', 'STRING'), column('open', 'STRING')],
      row('123456789', 'x'),
      row('XXXXX6789', 'x'),
    ];
    for (let depth = 0; depth < 15; depth += 1) {
      const isList = depth % 2 === 1;
      columns = [column(`r${depth}`, 'STRUCT', { fields: columns, mode: isList ? 'REPEATED' : 'NULLABLE' })];
      [value, expected] = isList
        ? [row(list(value, value)), row(list(expected, expected))]
        : [row(value), row(expected)];
      path.unshift(`r${depth}`);
    }
    expect(masked(columns, [mask(path, { with: 'lastFour' })], value)).toEqual(expected);
  });

  it('finds its column among ten thousand', () => {
    const columns = Array.from({ length: 10_000 }, (_each, index) => column(`c${index}`, 'STRING'));
    const values = columns.map(({ name }) => `value of ${name}`);
    const masks = [mask(['c9999'], { with: 'nullify' }), mask(['c5000'], { with: 'redact' })];
    const expected = values.map((value, index) => (index === 9999 ? null : index === 5000 ? '' : value));
    expect(masked(columns, masks, row(...values))).toEqual(row(...expected));
  });

  it('reaches arrays in arrays of records', () => {
    const columns = [
      repeated('orders', 'STRUCT', { fields: [repeated('cards', 'STRING'), column('id', 'INT64')] }),
    ];
    const value = row(list(row(list('123456789', 'x'), '1'), row([], '2')));
    const choose = (choice: MaskChoice): Json => masked(columns, [mask(['orders', 'cards'], choice)], value);
    const hash = sha256(Buffer.from('x'));
    expect(choose({ with: 'lastFour' })).toEqual(row(list(row(list('XXXXX6789', hash), '1'), row([], '2'))));
    expect(choose({ with: 'nullify' })).toEqual(row(list(row([], '1'), row([], '2'))));
  });

  it('keeps NULL everywhere, and arrays empty', () => {
    const columns = [
      column('a', 'STRING'),
      column('r', 'STRUCT', { fields: [column('b', 'STRING'), repeated('l', 'STRING')] }),
      repeated('l', 'STRING'),
      repeated('s', 'STRUCT', { fields: [column('c', 'STRING')] }),
    ];
    const masks = [['a'], ['r', 'b'], ['r', 'l'], ['l'], ['s', 'c']].map((path) =>
      mask(path, { with: 'lastFour' }),
    );
    expect(masked(columns, masks, row(null, null, [], []))).toEqual(row(null, null, [], []));
    expect(masked(columns, masks, row(null, row(null, []), list(null), list(row(null))))).toEqual(
      row(null, row(null, []), list(null), list(row(null))),
    );
  });

  it('keeps every digit of numbers beyond 2^53', () => {
    expect(one('INT64', { with: 'bucket', size: 10 }, '9007199254740993')).toEqual(row('9007199254740990'));
    expect(one('INT64', { with: 'bucket', size: 10 }, '9223372036854775807')).toEqual(
      row('9223372036854775800'),
    );
    const columns = [column('n', 'INT64'), column('b', 'BIGNUMERIC'), column('m', 'STRING')];
    const numbers = [
      '9007199254740993',
      '578960446186580977117854925043439539266.34992332820282019728792003956564819967',
    ];
    expect(masked(columns, [mask(['m'], { with: 'nullify' })], row(...numbers, 'x'))).toEqual(
      row(...numbers, null),
    );
  });
});
