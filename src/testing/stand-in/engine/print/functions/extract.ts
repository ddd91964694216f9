import type { Extract as ExtractNode } from '../../../../../sql/ast/index.ts';
import { unsupported } from '../../engine-error.ts';
import { int64, isScalar, scalar, typeText } from '../../type/sql-type.ts';
import { convert } from '../cast.ts';
import { failAt } from '../context.ts';
import { printExpression } from '../expression.ts';
import type { Scope } from '../scope.ts';
import { quote, type Typed } from '../typed.ts';
import { extractSql, isClockPart } from './date-part.ts';

export function printExtract(node: ExtractNode, scope: Scope): Typed {
  const from = printExpression(node.from, scope);
  const zone = node.timeZone === undefined ? quote('UTC') : printExpression(node.timeZone, scope).sql;
  const { part } = node.part;
  if (isScalar(from.type, 'INTERVAL')) throw unsupported('EXTRACT from INTERVAL');
  const takes = ['DATE', 'DATETIME', 'TIME', 'TIMESTAMP'] as const;
  if (!isScalar(from.type, ...takes) || !fits(from, part)) {
    throw failAt(
      scope.context,
      node.range,
      `EXTRACT from ${typeText(from.type)} does not support the ${part} date part`,
    );
  }
  if (part === 'DATE' || part === 'TIME' || part === 'DATETIME') {
    const converted = convert(from, scalar(part), zone);
    if (converted !== undefined) return converted;
  }
  return { sql: extractSql(civilSql(from, zone), node.part), type: int64 };
}

function fits(from: Typed, part: string): boolean {
  if (isScalar(from.type, 'DATE'))
    return !isClockPart({ part }) && !['DATE', 'TIME', 'DATETIME'].includes(part);
  if (isScalar(from.type, 'TIME')) return isClockPart({ part });
  return true;
}

/** The local time of a value as a DuckDB TIMESTAMP (a TIME stays what it is). */
export function civilSql(value: Typed, zone: string): string {
  if (isScalar(value.type, 'TIMESTAMP')) return `timezone(${zone}, ${value.sql})`;
  return isScalar(value.type, 'DATE') ? `CAST(${value.sql} AS TIMESTAMP)` : value.sql;
}
