import type { Cast, Expression } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import { typeOf } from '../type/data-type.ts';
import { isScalar, string, typeText } from '../type/sql-type.ts';
import { coerce } from './coerce.ts';
import { failAt } from './context.ts';
import { printExpression } from './expression.ts';
import { microsOfTime, timeOfMicros } from './literal.ts';
import { safely } from './safely.ts';
import type { Scope } from './scope.ts';
import { literalText, quote, type Typed } from './typed.ts';

const elements: Readonly<Record<string, string>> = {
  YYYY: '%E4Y',
  YY: '%y',
  MM: '%m',
  DD: '%d',
  DDD: '%j',
  HH24: '%H',
  HH12: '%I',
  HH: '%I',
  MI: '%M',
  SS: '%S',
  AM: '%p',
  PM: '%p',
};
const pattern = /"([^"]*)"|HH24|HH12|YYYY|DDD|YY|MM|DD|HH|MI|SS|AM|PM|[A-Za-z]+[0-9]*|[^A-Za-z"]/gi;

/** The elements that are numbers, and AM and PM; names of months and days depend on the case they are written in. */
function strftime(format: string): string {
  return format.replaceAll(pattern, (part, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted.replaceAll('%', '%%');
    if (!/[A-Za-z]/.test(part)) return part.replaceAll('%', '%%');
    const element = elements[part.toUpperCase()];
    if (element === undefined || (/^[AP]M$/i.test(part) && part !== part.toUpperCase())) {
      throw unsupported(`the format element ${part} of CAST`);
    }
    return element;
  });
}

/** `CAST(x AS STRING FORMAT …)` of dates and times, and back. */
export function printFormattedCast(node: Cast, formatNode: Expression, scope: Scope): Typed {
  const operand = printExpression(node.operand, scope);
  const format = literalText(printExpression(formatNode, scope));
  if (format === undefined) throw unsupported('CAST with a FORMAT that is not a literal');
  const zone = node.timeZone === undefined ? quote('UTC') : printExpression(node.timeZone, scope).sql;
  const to = typeOf(node.dataType);
  const cast = isScalar(to, 'STRING') ? written(operand, format, zone) : read(operand, to, format, zone);
  if (cast === undefined) {
    throw failAt(
      scope.context,
      node.range,
      `Invalid cast from ${typeText(operand.type)} to ${typeText(to)} with FORMAT`,
    );
  }
  return node.safe ? safely(cast) : cast;
}

function written(value: Typed, format: string, zone: string): Typed | undefined {
  if (!isScalar(value.type, 'DATE', 'DATETIME', 'TIME', 'TIMESTAMP') || value.type.kind !== 'scalar')
    return undefined;
  const kind = value.type.name.toLowerCase();
  return {
    sql: `bq_format_${kind}(${quote(strftime(format))}, ${microsOfTime(value)}, ${zone})`,
    type: string,
  };
}

function read(value: Typed, to: Typed['type'], format: string, zone: string): Typed | undefined {
  const text = coerce(value, string);
  if (text === undefined || to.kind !== 'scalar') return undefined;
  const { name } = to;
  if (name !== 'DATE' && name !== 'DATETIME' && name !== 'TIME' && name !== 'TIMESTAMP') return undefined;
  const micros = `bq_parse_${name.toLowerCase()}(${quote(strftime(format))}, ${text.sql}, ${zone})`;
  return { sql: timeOfMicros(micros, name), type: to };
}
