import type { Unpivot } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { physicalField, physicalType } from '../type/physical-type.ts';
import { structOf, type SqlType } from '../type/sql-type.ts';
import { unify } from './coerce.ts';
import { printExpression } from './expression.ts';
import { printFrom, querySource, type PrintedFrom } from './from.ts';
import { resolvePath } from './resolve.ts';
import { outputName, type Output, type Scope } from './scope.ts';
import { stringLiteral, type Typed } from './typed.ts';

/** Each row becomes one row per column group: the other columns, the values, and the name. */
export function printUnpivot(node: Unpivot, scope: Scope): PrintedFrom {
  const from = printFrom(node.source, scope);
  const inner: Scope = { context: scope.context, tables: scope.tables, parent: scope, sources: from.sources };
  const groups = node.groups.map((group) => ({
    values: group.columns.map((path) =>
      resolvePath({ type: 'path', parts: path, range: path[0].range }, inner),
    ),
    label:
      group.label === undefined
        ? stringLiteral(group.columns.map((path) => path.at(-1)?.name).join('_'))
        : printExpression(group.label, inner),
  }));
  const [labelType, labels] = unify(
    groups.map((group) => group.label),
    scope,
    node.range,
    'UNPIVOT',
  );
  const columns = node.valueColumns.map((_, index) =>
    unify(
      groups.map((group) => valueAt(group.values, index)),
      scope,
      node.range,
      'UNPIVOT',
    ),
  );
  const rows = groups.map(
    (_, row) =>
      `struct_pack(${[...columns.map(([, values]) => values[row]?.sql), labels[row]?.sql].map((sql, index) => `${physicalField(index)} := ${sql}`).join(', ')})`,
  );
  const used = new Set(groups.flatMap((group) => group.values.map((value) => value.sql)));
  const kept = from.sources
    .flatMap((source) => source.columns)
    .filter((column) => column.pseudo !== true && column.shadowed !== true && !used.has(column.sql));
  for (const column of kept) column.read?.([]);
  const outputs: Output[] = [
    ...kept.map(({ name, type }) => ({ ...(name === undefined ? {} : { name }), type })),
    ...columns.map(([type], index) => ({ name: node.valueColumns[index]?.name ?? '', type })),
    { name: node.nameColumn.name, type: labelType },
  ];
  const name = scope.context.trace.fresh('v');
  const rowType: SqlType = structOf([...columns.map(([type]) => ({ type })), { type: labelType }]);
  const lateral = `(SELECT unnest(CAST([${rows.join(', ')}] AS ${physicalType(rowType)}[])) AS c1) AS ${name}`;
  const field = (index: number): string => `struct_extract(${name}.c1, '${physicalField(index)}')`;
  const items = [
    ...kept.map((column) => column.sql),
    ...columns.map((_, index) => field(index)),
    field(columns.length),
  ];
  const list = items.map((sql, index) => `${sql} AS ${outputName(index)}`).join(', ');
  const missing = columns.map((_, index) => `${field(index)} IS NOT NULL`).join(' OR ');
  const where = node.includeNulls ? '' : ` WHERE ${missing}`;
  return querySource(
    { sql: '', columns: outputs, isValue: false },
    `(SELECT ${list} FROM ${from.sql}, ${lateral}${where})`,
    node.alias?.name,
    scope,
  );
}

function valueAt(values: readonly Typed[], index: number): Typed {
  const value = values[index];
  if (value === undefined) throw unsupported('UNPIVOT groups of different sizes');
  return value;
}
