import type { DataType, Expression, Name, Pivot } from '../ast/index.ts';
import { typeOfDataType, typeText } from '../lineage/type.ts';
import type { Type } from '../lineage/type.ts';
import type { Value } from '../lineage/value.ts';
import { relationOf } from '../scope/relation.ts';
import type { Relation } from '../scope/relation.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import type { Column } from '../scope/source.ts';
import { expression } from './expression.ts';
import { fromItem } from './from.ts';
import { influence, reportGap } from './pass.ts';
import { sourceOfColumns } from './rows.ts';

/** One column for each value and aggregate; all columns that neither names group the rows. */
export function pivot(node: Pivot, scope: Scope, left: Relation): Relation {
  const source = fromItem(node.source, scope, left);
  for (const each of source.sources) each.row();
  const used = new Set<string>();
  const inner = childScope(scope, watched(source, used));
  const input = expression(node.input, inner);
  influence(scope.pass, input);
  const aggregates = node.aggregates.map((each) => ({
    alias: each.alias,
    value: expression(each.value, inner),
  }));
  const keys = keysOf(source, used, scope);
  const made = node.values.flatMap((value) =>
    aggregates.map((aggregate) => pivoted(value, input.type, aggregate.alias, aggregate.value, scope)),
  );
  const open = source.sources.some((each) => each.open);
  return relationOf(sourceOfColumns([...keys, ...made], node.alias?.name, open));
}

/** The relation, noting which columns an expression names. */
function watched(relation: Relation, used: Set<string>): Relation {
  const sameColumn = (column: Column | undefined): Column | undefined =>
    relation.find(column?.name.toLowerCase() ?? '').find((each) => each.value === column?.value);
  const keptColumn = (column: Column | undefined): Column | undefined => {
    note(sameColumn(column), used);
    return column;
  };
  return {
    ...relation,
    kept: relation.kept.map((source) => ({ ...source, find: (name) => keptColumn(source.find(name)) })),
    sources: relation.sources.map((source) => ({ ...source, find: (name) => note(source.find(name), used) })),
    find: (name) => relation.find(name).map((column) => note(column, used) ?? column),
  };
}

function note(column: Column | undefined, used: Set<string>): Column | undefined {
  if (column !== undefined) used.add(column.name.toLowerCase());
  return column;
}

function keysOf(source: Relation, used: ReadonlySet<string>, scope: Scope): readonly Column[] {
  return source.columns().flatMap((column): readonly Column[] => {
    column.read?.([]);
    if (used.has(column.name.toLowerCase())) return [];
    influence(scope.pass, column.value);
    return [{ name: column.name, value: column.value }];
  });
}

interface PivotValue {
  readonly value: Expression;
  readonly alias?: Name;
}

function pivoted(
  value: PivotValue,
  type: Type | undefined,
  aggregate: Name | undefined,
  result: Value,
  scope: Scope,
): Column {
  const before = aggregate === undefined ? '' : `${aggregate.name}_`;
  const name = value.alias === undefined ? valueLabel(value.value, type, before) : before + value.alias.name;
  if (name === undefined)
    reportGap(scope.pass, 'unsupported', 'a PIVOT value without a name is not analysed', value.value.range);
  return { name: name ?? '', value: { ...result, copied: false } };
}

/** The column name that BigQuery derives from a value; `before` is what it already begins with. */
function valueLabel(value: Expression, type: Type | undefined, before: string): string | undefined {
  if (value.type === 'struct') return structLabel(value, type, before);
  const label = scalarLabel(value, type?.kind === 'scalar' ? type.name : undefined);
  if (label === undefined) return undefined;
  if (label === '') return `${before}${before === '' ? '' : '_'}empty_string_value`;
  const isLiteral = value.type === 'literal' && value.kind === 'string' && label === value.value;
  const isText = isLiteral || (type?.kind === 'scalar' && type.name === 'STRING');
  return `${before}${before === '' && !isText && /^\d/.test(label) ? '_' : ''}${label}`;
}

/** The fields one after the other, with their names where they have some. */
function structLabel(
  value: Extract<Expression, { type: 'struct' }>,
  type: Type | undefined,
  before: string,
): string | undefined {
  const fields = type?.kind === 'struct' ? type.fields : [];
  return value.fields.reduce<string | undefined>((label, field, index) => {
    if (label === undefined) return undefined;
    const name = fields[index]?.name ?? '';
    const start = index === 0 ? label : `${label}_`;
    return valueLabel(field.value, fields[index]?.type, name === '' ? start : `${start}${name}_`);
  }, before);
}

function scalarLabel(value: Expression, type: string | undefined): string | undefined {
  // The analyser takes the cast of a literal for a literal.
  if (value.type === 'cast' && value.format === undefined && castsTo(value.dataType, type))
    return castLabel(value.operand, type);
  if (value.type === 'unary' && value.operator === '-') {
    const label = scalarLabel(value.operand, type);
    return label === undefined ? undefined : `minus_${label}`;
  }
  if (value.type === 'unary' && value.operator === '+') return scalarLabel(value.operand, type);
  if (value.type !== 'literal' || type === 'FLOAT64') return undefined;
  switch (value.kind) {
    case 'integer':
      return BigInt(value.value).toString();
    case 'numeric':
    case 'bignumeric':
    case 'float':
      return numberLabel(value.value);
    case 'boolean':
      return value.value;
    case 'null':
      return 'NULL';
    case 'string':
      return textLabel(value.value, type);
    case 'date':
      return value.value.replaceAll('-', '_');
    case 'bytes':
    case 'datetime':
    case 'time':
    case 'timestamp':
    case 'json':
    default:
      return undefined;
  }
}

/** A text that is cast becomes a literal of the type; other casts than these may change how it is spelt. */
function castLabel(value: Expression, type: string | undefined): string | undefined {
  if (value.type !== 'literal' || value.kind !== 'string' || type === 'STRING')
    return scalarLabel(value, type);
  const { value: text } = value;
  if (type === 'INT64' && /^[-+]?\d+$/.test(text)) return signed(text);
  if (type === 'BOOL' && /^(?:true|false)$/i.test(text)) return text.toLowerCase();
  return type === 'NUMERIC' || type === 'BIGNUMERIC' ? numberLabel(text) : textLabel(text, type);
}

function signed(text: string): string {
  const label = BigInt(text.replace(/^[-+]/, '')).toString();
  return text.startsWith('-') && label !== '0' ? `minus_${label}` : label;
}

function castsTo(dataType: DataType, type: string | undefined): boolean {
  return dataType.type === 'simpleType' && type !== undefined && typeText(typeOfDataType(dataType)) === type;
}

/** `1.50` as `1_point_5`. */
function numberLabel(text: string): string | undefined {
  const [, sign, whole, , part = ''] = /^([-+]?)(\d+)(\.(\d*))?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const decimals = part.replace(/0+$/, '');
  return `${sign === '-' ? 'minus_' : ''}${whole}${decimals === '' ? '' : `_point_${decimals}`}`;
}

/** A text literal takes on the type of the column that it is compared with. */
function textLabel(text: string, type: string | undefined): string | undefined {
  if (type === undefined || type === 'STRING') return text;
  return type === 'DATE' && /^\d{4}-\d\d-\d\d$/.test(text) ? text.replaceAll('-', '_') : undefined;
}
