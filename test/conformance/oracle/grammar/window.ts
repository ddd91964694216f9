import { aggregate, keyExpression } from './aggregate.ts';
import { expression } from './expression.ts';
import type { Scope } from './scope.ts';
import { typeText } from './type.ts';
import type { Type } from './type.ts';

/** A window call of the type. `named` is a window of the WINDOW clause. */
export function windowCall(scope: Scope, type: Type, named?: string): string {
  const { choices } = scope;
  const value = (): string => expression(scope, type, 1);
  const calls: readonly [() => string, ...(() => string)[]] = [
    () =>
      `${choices.from('LAG', 'LEAD', 'FIRST_VALUE', 'LAST_VALUE')}(${value()}) OVER ${ordered(scope, named)}`,
    () => `NTH_VALUE(${value()}, 2) OVER ${ordered(scope, named)}`,
    () => `ANY_VALUE(${value()}) OVER ${window(scope, named)}`,
  ];
  const counted = [
    () => `ROW_NUMBER() OVER ${window(scope, named)}`,
    () => `RANK() OVER ${ordered(scope, named)}`,
    () => `COUNT(*) OVER ${window(scope, named)}`,
    () => `SUM(${value()}) OVER ${framed(scope)}`,
  ];
  return choices.from(...calls, ...(typeText(type) === 'INT64' ? counted : []))();
}

/** Over the groups of an aggregation. */
export function windowOfAggregates(scope: Scope, type: Type): string {
  return `FIRST_VALUE(${aggregate(scope, type)}) OVER (ORDER BY ${aggregate(scope, { kind: 'scalar', name: 'INT64' })})`;
}

const partition = (scope: Scope): string =>
  scope.choices.oneIn(2) ? `PARTITION BY ${keyExpression(scope)} ` : '';

const order = (scope: Scope): string =>
  `ORDER BY ${keyExpression(scope)}${scope.choices.from('', ' DESC', ' ASC NULLS LAST')}`;

function ordered(scope: Scope, named: string | undefined): string {
  return named ?? `(${partition(scope)}${order(scope)})`;
}

export function window(scope: Scope, named?: string): string {
  if (named !== undefined) return named;
  return scope.choices.from(
    () => `(${partition(scope)})`,
    () => `(${partition(scope)}${order(scope)})`,
    () => framed(scope),
  )();
}

function framed(scope: Scope): string {
  const frame = scope.choices.from(
    'ROWS BETWEEN 1 PRECEDING AND CURRENT ROW',
    'ROWS UNBOUNDED PRECEDING',
    'ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING',
  );
  return `(${partition(scope)}${order(scope)} ${frame})`;
}
