import type { ArrayQuery, Exists, ScalarSubquery } from '../../../../sql/ast/index.ts';
import { physicalType } from '../type/physical-type.ts';
import { arrayOf, typeText } from '../type/sql-type.ts';
import { failAt } from './context.ts';
import { printQuery } from './query.ts';
import type { Scope } from './scope.ts';
import { boolean, type Typed } from './typed.ts';

export function printScalarSubquery(node: ScalarSubquery, scope: Scope): Typed {
  const query = printQuery(node.query, scope);
  const [column] = query.columns;
  if (column === undefined || query.columns.length !== 1) {
    throw failAt(
      scope.context,
      node.range,
      'Scalar subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values',
    );
  }
  return { sql: `(${query.sql})`, type: column.type };
}

export function printExists(node: Exists, scope: Scope): Typed {
  return boolean(`EXISTS(${printQuery(node.query, scope).sql})`);
}

export function printArrayQuery(node: ArrayQuery, scope: Scope): Typed {
  const query = printQuery(node.query, scope);
  const [column] = query.columns;
  if (column === undefined || query.columns.length !== 1) {
    throw failAt(
      scope.context,
      node.range,
      'ARRAY subquery cannot have more than one column unless using SELECT AS STRUCT to build STRUCT values',
    );
  }
  if (column.type.kind === 'array') {
    throw failAt(
      scope.context,
      node.range,
      `Cannot use array subquery with column of type ${typeText(column.type)} because nested arrays are not supported`,
    );
  }
  const type = arrayOf(column.type);
  return { sql: `CAST(ARRAY(${query.sql}) AS ${physicalType(type)})`, type };
}
