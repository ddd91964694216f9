import type { Binary, Unary } from '../../../../sql/ast/index.ts';
import { isNumber } from '../type/supertype.ts';
import {
  bool,
  float64,
  int64,
  isScalar,
  scalar,
  sameType,
  typeText,
  type SqlType,
} from '../type/sql-type.ts';
import { coerce, commonType } from './coerce.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import type { Scope } from './scope.ts';
import { boolean, integerLiteral, nullOf, type Typed } from './typed.ts';

type Printer = (left: Typed, right: Typed, node: Binary) => Typed | undefined;

export function printBinary(node: Binary, scope: Scope): Typed {
  const left = printExpression(node.left, scope);
  const right = printExpression(node.right, scope);
  const printed = printers[node.operator](left, right, node);
  if (printed !== undefined) return printed;
  const types = `${typeText(left.type)}, ${typeText(right.type)}`;
  const message = `No matching signature for operator ${node.operator} for argument types: ${types}`;
  throw failAt(scope.context, node.range, message);
}

const logical: Printer = (left, right, node) => {
  const a = coerce(left, bool);
  const b = coerce(right, bool);
  return a && b && boolean(`(${a.sql} ${node.operator} ${b.sql})`);
};

const compare: Printer = (left, right, node) => {
  const type = commonType([left, right]);
  if (type === undefined || !comparable(type, node.operator)) return undefined;
  const a = coerce(left, type);
  const b = coerce(right, type);
  return a && b && boolean(`(${a.sql} ${node.operator === '!=' ? '<>' : node.operator} ${b.sql})`);
};

function comparable(type: SqlType, operator: string): boolean {
  if (type.kind === 'array') return false;
  if (isScalar(type, 'JSON', 'GEOGRAPHY')) return false;
  return type.kind !== 'struct' || operator === '=' || operator === '!=';
}

const integerOperator: Printer = (left, right, node) => {
  const a = coerce(left, int64);
  const b = coerce(right, int64);
  if (a === undefined || b === undefined) return undefined;
  if (node.operator === '<<') return { sql: `bq_shift_left(${a.sql}, ${b.sql})`, type: int64 };
  if (node.operator === '>>') return { sql: `bq_shift_right(${a.sql}, ${b.sql})`, type: int64 };
  if (node.operator === '^') return { sql: `xor(${a.sql}, ${b.sql})`, type: int64 };
  return { sql: `(${a.sql} ${node.operator} ${b.sql})`, type: int64 };
};

const concat: Printer = (left, right) => {
  const type = commonType([left, right]);
  if (type === undefined) return undefined;
  const a = coerce(left, type);
  const b = coerce(right, type);
  if (a === undefined || b === undefined) return undefined;
  if (type.kind === 'array') return { sql: `bq_concat_lists(${a.sql}, ${b.sql})`, type };
  return isScalar(type, 'STRING', 'BYTES') ? { sql: `(${a.sql} || ${b.sql})`, type } : undefined;
};

const add: Printer = (left, right, node) => temporal(left, right, node) ?? arithmetic(left, right, node);

/** Dates with whole days, and anything with an INTERVAL. */
function temporal(left: Typed, right: Typed, node: Binary): Typed | undefined {
  const { operator } = node;
  if (isScalar(left.type, 'INTERVAL') && isScalar(right.type, 'INTERVAL')) {
    return { sql: `(${left.sql} ${operator} ${right.sql})`, type: left.type };
  }
  if (isScalar(right.type, 'INTERVAL')) return withInterval(left, right, operator);
  if (isScalar(left.type, 'INTERVAL') && operator === '+') return withInterval(right, left, operator);
  if (isScalar(left.type, 'DATE') && isScalar(right.type, 'INT64')) return withDays(left, right, operator);
  if (isScalar(left.type, 'INT64') && isScalar(right.type, 'DATE') && operator === '+')
    return withDays(right, left, operator);
  return operator === '-' ? difference(left, right) : undefined;
}

function withDays(date: Typed, days: Typed, operator: string): Typed {
  return {
    sql: `CAST(${date.sql} ${operator} to_days(CAST(${days.sql} AS INTEGER)) AS DATE)`,
    type: date.type,
  };
}

function withInterval(value: Typed, interval: Typed, operator: string): Typed | undefined {
  if (isScalar(value.type, 'DATE')) {
    return { sql: `(CAST(${value.sql} AS TIMESTAMP) ${operator} ${interval.sql})`, type: scalar('DATETIME') };
  }
  if (!isScalar(value.type, 'DATETIME', 'TIMESTAMP')) return undefined;
  return { sql: `(${value.sql} ${operator} ${interval.sql})`, type: value.type };
}

function difference(left: Typed, right: Typed): Typed | undefined {
  if (isScalar(left.type, 'DATE') && isScalar(right.type, 'DATE')) {
    return { sql: `to_days(CAST(${left.sql} - ${right.sql} AS INTEGER))`, type: scalar('INTERVAL') };
  }
  if (isScalar(left.type, 'TIMESTAMP') && sameType(left.type, right.type)) {
    return {
      sql: `to_microseconds(epoch_us(${left.sql}) - epoch_us(${right.sql}))`,
      type: scalar('INTERVAL'),
    };
  }
  return undefined;
}

const arithmetic: Printer = (left, right, node) => {
  const type = commonType([left, right]);
  if (type === undefined || (!isNumber(type) && type.kind !== 'null')) return undefined;
  const settled = type.kind === 'null' ? int64 : type;
  const a = coerce(left, settled);
  const b = coerce(right, settled);
  return a && b && calculation(a, b, settled, node);
};

function calculation(a: Typed, b: Typed, type: SqlType, node: Binary): Typed {
  if (isScalar(type, 'NUMERIC', 'BIGNUMERIC') && node.operator === '*')
    return { sql: product(a, b, type), type };
  return { sql: `(${a.sql} ${node.operator} ${b.sql})`, type };
}

function product(a: Typed, b: Typed, type: SqlType): string {
  if (isScalar(type, 'NUMERIC')) return numericCall('multiply', a, b);
  return `bq_exact_product(${a.sql}, ${b.sql})`;
}

function numericCall(name: 'multiply' | 'divide', a: Typed, b: Typed): string {
  return `CAST(bq_${name}_numeric(CAST(${a.sql} AS VARCHAR), CAST(${b.sql} AS VARCHAR)) AS DECIMAL(38,9))`;
}

const divide: Printer = (left, right) => {
  const type = commonType([left, right]);
  if (type === undefined || (!isNumber(type) && type.kind !== 'null')) return undefined;
  return quotient(left, right, isScalar(type, 'NUMERIC', 'BIGNUMERIC') ? type : float64);
};

export function quotient(left: Typed, right: Typed, type: SqlType): Typed | undefined {
  const a = coerce(left, type);
  const b = coerce(right, type);
  if (a === undefined || b === undefined) return undefined;
  if (isScalar(type, 'NUMERIC')) return { sql: numericCall('divide', a, b), type };
  if (isScalar(type, 'BIGNUMERIC')) {
    return { sql: `bq_refuse_bignumeric(${a.sql}, ${b.sql})`, type };
  }
  return { sql: `bq_divide(${a.sql}, ${b.sql})`, type };
}

const printers: Readonly<Record<Binary['operator'], Printer>> = {
  '+': add,
  '-': add,
  '*': arithmetic,
  '/': divide,
  '||': concat,
  '&': integerOperator,
  '|': integerOperator,
  '^': integerOperator,
  '<<': integerOperator,
  '>>': integerOperator,
  '=': compare,
  '!=': compare,
  '<': compare,
  '>': compare,
  '<=': compare,
  '>=': compare,
  AND: logical,
  OR: logical,
  'IS DISTINCT FROM': compare,
  'IS NOT DISTINCT FROM': compare,
};

export function printUnary(node: Unary, scope: Scope): Typed {
  const operand = printExpression(node.operand, scope);
  if (node.operator === '-' && operand.literal?.kind === 'integer')
    return integerLiteral(-operand.literal.value);
  if (node.operator === '-' && operand.literal?.kind === 'float')
    return negated(operand, operand.literal.value);
  const value = unary(node, operand);
  if (value === undefined) {
    const message = `No matching signature for operator ${node.operator} for argument types: ${typeText(operand.type)}`;
    throw failAt(scope.context, node.range, message);
  }
  return value;
}

function negated(operand: Typed, digits: string): Typed {
  return { sql: `(-${operand.sql})`, type: operand.type, literal: { kind: 'float', value: `-${digits}` } };
}

function unary(node: Unary, operand: Typed): Typed | undefined {
  const value = operand.type.kind === 'null' ? nullOf(node.operator === 'NOT' ? bool : int64) : operand;
  if (node.operator === 'NOT')
    return isScalar(value.type, 'BOOL') ? boolean(`(NOT ${value.sql})`) : undefined;
  if (node.operator === '~')
    return isScalar(value.type, 'INT64') ? { sql: `(~${value.sql})`, type: int64 } : undefined;
  if (isScalar(value.type, 'INTERVAL') && node.operator === '-')
    return { sql: `(-${value.sql})`, type: value.type };
  if (!isNumber(value.type)) return undefined;
  return node.operator === '+' ? value : { sql: `(-${value.sql})`, type: value.type };
}
