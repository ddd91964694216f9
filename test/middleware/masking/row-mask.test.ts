import { describe, expect, it } from 'vitest';
import { RowShapeError, rowMask as rowMaskWith } from '../../../src/middleware/masking/row-mask.ts';
import { maskOf } from '../../../src/middleware/masking/masks/index.ts';
import type { ColumnMask } from '../../../src/middleware/policy/decision.ts';
import type { PlainMaskName } from '../../../src/middleware/policy/mask-choice.ts';
import type { Json } from '../../../src/call/json.ts';
import type { CatalogColumn } from '../../../src/sql/catalog.ts';

const rowMask = (columns: readonly CatalogColumn[], masks: readonly ColumnMask[]): ((row: Json) => Json) =>
  rowMaskWith(columns, masks, maskOf);

const table = { project: 'p', dataset: 'd', name: 't' };

const column = (name: string, type: string, rest: Partial<CatalogColumn> = {}): CatalogColumn => ({
  name,
  type,
  mode: 'NULLABLE',
  ...rest,
});

const mask = (path: string, name: PlainMaskName): ColumnMask => ({
  table,
  path: path.split('.'),
  with: name,
  rule: 'm',
});

const row = (...values: readonly Json[]): Json => ({ f: values.map((v) => ({ v })) });

describe('rows of tabledata.list', () => {
  it('are masked by column, whatever the case of its name, and keep what is not masked', () => {
    const columns = [column('id', 'INTEGER'), column('Email', 'STRING'), column('card', 'STRING')];
    const masked = rowMask(columns, [mask('email', 'emailMask'), mask('card', 'nullify')]);
    expect(masked(row('1', 'ada@example.com', '4111'))).toEqual(row('1', 'XXXXX@example.com', null));
    expect(masked(row('2', null, null))).toEqual(row('2', null, null));
  });

  it('are masked within records and repeated records', () => {
    const item = column('items', 'RECORD', {
      mode: 'REPEATED',
      fields: [column('sku', 'STRING'), column('note', 'STRING')],
    });
    const masked = rowMask([item], [mask('items.note', 'nullify')]);
    const value = [{ v: { f: [{ v: 'A' }, { v: 'secret' }] } }];
    expect(masked(row(value))).toEqual(row([{ v: { f: [{ v: 'A' }, { v: null }] } }]));
  });

  it('have empty arrays where a repeated column is hidden, never null', () => {
    const tags = column('tags', 'STRING', { mode: 'REPEATED' });
    expect(rowMask([tags], [mask('tags', 'nullify')])(row([{ v: 'a' }]))).toEqual(row([]));
    expect(rowMask([tags], [mask('tags', 'lastFour')])(row([{ v: 'abcdef' }]))).toEqual(
      row([{ v: 'XXXXXcdef' }]),
    );
  });

  it('get the default for NULL too, so that NULL cannot be told apart', () => {
    const masked = rowMask(
      [column('n', 'INTEGER'), column('b', 'BOOLEAN')],
      [mask('n', 'defaultValue'), mask('b', 'defaultValue')],
    );
    expect(masked(row(null, 'true'))).toEqual(row('0', 'false'));
  });

  it('are refused where the mask does not fit the type', () => {
    expect(() => rowMask([column('n', 'INTEGER')], [mask('n', 'lastFour')])).toThrow(
      'a mask does not fit the type of its column: lastFour',
    );
  });

  it.each([
    ['fewer cells', row('1')],
    ['more cells', row('1', '2', '3')],
    ['no cells', {}],
    ['a cell without value', { f: [{ v: '1' }, {}] }],
  ])('with %s than the schema are refused', (_what, odd) => {
    const masked = rowMask([column('a', 'STRING'), column('b', 'STRING')], [mask('a', 'nullify')]);
    expect(() => masked(odd)).toThrow(RowShapeError);
  });
});
