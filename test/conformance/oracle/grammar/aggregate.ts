import { assertNever } from '../../../../src/sql/assert-never.ts';
import { expression } from './expression.ts';
import { namable } from './scope.ts';
import type { Scope } from './scope.ts';
import { arrayOf, bool, int64, isKey, scalar, string } from './type.ts';
import type { Type } from './type.ts';

/** An aggregate call of the type. */
export function aggregate(scope: Scope, type: Type): string {
  const { choices } = scope;
  const of = (other: Type): string => expression(scope, other, 1);
  const key = (): string => keyExpression(scope);
  const always: readonly [() => string, ...(() => string)[]] = [
    () => `ANY_VALUE(${of(type)})`,
    () => `ANY_VALUE(${of(type)} HAVING ${choices.from('MAX', 'MIN')} ${key()})`,
    () => `IF(${choices.from('COUNT(*) > 1', `LOGICAL_OR(${of(bool)})`)}, ANY_VALUE(${of(type)}), NULL)`,
    ...(type.kind === 'array'
      ? []
      : [() => `ARRAY_AGG(${of(type)} ORDER BY ${key()} DESC LIMIT 1)[SAFE_OFFSET(0)]`]),
  ];
  return choices.from(...always, ...special(scope, type, of, key))();
}

function special(
  { choices }: Scope,
  type: Type,
  of: (type: Type) => string,
  key: () => string,
): readonly (() => string)[] {
  if (type.kind === 'array') {
    const { element } = type;
    if (element.kind === 'array') return [];
    return [
      () => `ARRAY_AGG(${of(element)} IGNORE NULLS ORDER BY ${key()})`,
      () => `ARRAY_AGG(${of(element)} LIMIT 3)`,
      () => `ARRAY_CONCAT_AGG(${of(arrayOf(element))})`,
    ];
  }
  if (type.kind === 'struct') return [];
  const highest = isKey(type) ? [() => `${choices.from('MAX', 'MIN')}(${of(type)})`] : [];
  switch (type.name) {
    case 'INT64':
      return [
        ...highest,
        () => 'COUNT(*)',
        () => `COUNT(DISTINCT ${key()})`,
        () => `COUNTIF(${of(bool)})`,
        () => `SUM(${of(int64)})`,
      ];
    case 'FLOAT64':
      return [...highest, () => `AVG(${of(int64)})`, () => `SUM(${of(scalar('FLOAT64'))})`];
    case 'NUMERIC':
      return [...highest, () => `SUM(${of(scalar('NUMERIC'))})`];
    case 'STRING':
      return [
        ...highest,
        () => `STRING_AGG(${of(string)}, ',' ORDER BY ${key()})`,
        () => `STRING_AGG(DISTINCT ${of(string)})`,
        () => `MAX_BY(${of(string)}, ${of(int64)})`,
      ];
    case 'BOOL':
      return [() => `LOGICAL_AND(${of(bool)})`];
    case 'DATE':
    case 'TIMESTAMP':
    case 'JSON':
      return highest;
    default:
      return assertNever(type.name);
  }
}

/** Something to group, order or compare by. */
export function keyExpression(scope: Scope): string {
  const keys = namable(scope).filter((each) => isKey(each.type));
  const picked = scope.choices.of(keys);
  if (picked !== undefined && !scope.choices.oneIn(4)) return picked.text;
  return expression(scope, scope.choices.from(string, int64, scalar('DATE')), 1);
}
