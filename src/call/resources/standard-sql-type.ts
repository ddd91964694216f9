import { list, one, shape } from '../fields.ts';
import type { Shape } from '../fields.ts';

export const standardSqlField: Shape = shape('name', { type: one(() => standardSqlDataType) });

const standardSqlStructType: Shape = shape('', { fields: list(standardSqlField) });

export const standardSqlDataType: Shape = shape('typeKind', {
  arrayElementType: one(() => standardSqlDataType),
  rangeElementType: one(() => standardSqlDataType),
  structType: one(standardSqlStructType),
});

export const standardSqlTableType: Shape = shape('', { columns: list(standardSqlField) });
