import type { Case, Expression, Is } from '../../../../sql/ast/index.ts';
import { bool, isScalar, typeText } from '../type/sql-type.ts';
import { coerce, commonType, mustCoerce, unify } from './coerce.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import type { Scope } from './scope.ts';
import { boolean, type Typed } from './typed.ts';

export function printIs(node: Is, scope: Scope): Typed {
  const operand = printExpression(node.operand, scope);
  const negation = node.negated ? 'NOT ' : '';
  if (node.test === 'null') return boolean(`(${operand.sql} IS ${negation}NULL)`);
  const value = condition(node.operand, operand, scope, 'IS');
  return boolean(`(${value.sql} IS ${negation}${node.test.toUpperCase()})`);
}

export function condition(node: Expression, value: Typed, scope: Scope, where: string): Typed {
  const message = `${where} should return type BOOL, but returns ${typeText(value.type)}`;
  return mustCoerce(value, bool, scope, node.range, message);
}

export function printCondition(node: Expression, scope: Scope, where: string): string {
  return condition(node, printExpression(node, scope), scope, where).sql;
}

export function printCase(node: Case, scope: Scope): Typed {
  const conditions = node.branches.map((branch) => branchCondition(node, branch.when, scope));
  const results = node.branches.map((branch) => printExpression(branch.then, scope));
  const otherwise = node.otherwise === undefined ? [] : [printExpression(node.otherwise, scope)];
  const [type, values] = unify([...results, ...otherwise], scope, node.range, 'operator CASE');
  const branches = conditions.map((when, index) => `WHEN ${when} THEN ${values[index]?.sql ?? 'NULL'}`);
  const last = values[conditions.length];
  return { sql: `(CASE ${branches.join(' ')} ELSE ${last?.sql ?? 'NULL'} END)`, type };
}

function branchCondition(node: Case, when: Expression, scope: Scope): string {
  if (node.operand === undefined) return printCondition(when, scope, 'CASE WHEN clause');
  const operand = printExpression(node.operand, scope);
  const value = printExpression(when, scope);
  return equality(operand, value, node, scope);
}

export function equality(left: Typed, right: Typed, node: Expression, scope: Scope): string {
  const type = commonType([left, right]);
  const a = type && coerce(left, type);
  const b = type && coerce(right, type);
  if (
    type === undefined ||
    a === undefined ||
    b === undefined ||
    isScalar(type, 'JSON') ||
    type.kind === 'array'
  ) {
    const types = `${typeText(left.type)}, ${typeText(right.type)}`;
    throw failAt(
      scope.context,
      node.range,
      `No matching signature for operator = for argument types: ${types}`,
    );
  }
  return `(${a.sql} = ${b.sql})`;
}
