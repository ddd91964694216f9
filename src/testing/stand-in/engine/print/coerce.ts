import type { Range } from '../../../../sql/ast/index.ts';
import { physicalField, physicalType } from '../type/physical-type.ts';
import { supertype, widens } from '../type/supertype.ts';
import { isScalar, sameType, typeText, type ScalarName, type SqlType } from '../type/sql-type.ts';
import { failAt } from './context.ts';
import { numericLiteral, timeLiteral } from './literal.ts';
import type { Scope } from './scope.ts';
import { literalText, nullOf, type Typed } from './typed.ts';

type TimeName = 'DATE' | 'DATETIME' | 'TIME' | 'TIMESTAMP';

const isTime = (name: ScalarName): name is TimeName =>
  ['DATE', 'DATETIME', 'TIME', 'TIMESTAMP'].includes(name);

/** The value as the wanted type where GoogleSQL does so by itself; undefined where it does not. */
export function coerce(value: Typed, to: SqlType): Typed | undefined {
  if (to.kind === 'null') return value;
  if (value.type.kind === 'null') return fromNull(value, to);
  if (sameType(value.type, to)) return { ...value, type: to };
  return fromText(value, to) ?? fromFloat(value, to) ?? fromParts(value, to) ?? widened(value, to);
}

/** `ERROR(…)` has no type either, and must still fail wherever it stands. */
function fromNull(value: Typed, to: SqlType): Typed {
  const fails = value.sql !== 'NULL' && !value.sql.startsWith('CAST(NULL');
  if (fails) return { sql: `CASE WHEN ${value.sql} IS NULL THEN ${nullOf(to).sql} END`, type: to };
  return { ...nullOf(to), ...(value.literal ? { literal: value.literal } : {}) };
}

function fromText(value: Typed, to: SqlType): Typed | undefined {
  const text = literalText(value);
  if (text === undefined || to.kind !== 'scalar' || !isTime(to.name)) return undefined;
  return timeText(text, to.name);
}

/** `1.5` is a FLOAT64, but a NUMERIC where one is wanted. */
function fromFloat(value: Typed, to: SqlType): Typed | undefined {
  if (value.literal?.kind !== 'float' || !isScalar(to, 'NUMERIC')) return undefined;
  return numericLiteral(value.literal.value);
}

function timeText(text: string, kind: TimeName): Typed | undefined {
  try {
    return timeLiteral(text, kind);
  } catch {
    return undefined;
  }
}

function fromParts(value: Typed, to: SqlType): Typed | undefined {
  if (value.parts === undefined) return undefined;
  if (to.kind === 'array' && value.type.kind === 'array') {
    const parts = value.parts.map((part) => coerce(part, to.element));
    return parts.includes(undefined)
      ? undefined
      : arrayOfParts(
          parts.filter((part) => part !== undefined),
          to,
        );
  }
  if (to.kind !== 'struct' || to.fields.length !== value.parts.length) return undefined;
  const parts = value.parts.map((part, index) => coerce(part, to.fields[index]?.type ?? part.type));
  return parts.includes(undefined)
    ? undefined
    : structOfParts(
        parts.filter((part) => part !== undefined),
        to,
      );
}

export function arrayOfParts(parts: readonly Typed[], type: SqlType): Typed {
  const sql = `CAST([${parts.map((part) => part.sql).join(', ')}] AS ${physicalType(type)})`;
  return { sql, type, parts };
}

export function structOfParts(parts: readonly Typed[], type: SqlType): Typed {
  const packed = parts.map((part, index) => `${physicalField(index)} := ${part.sql}`);
  return { sql: `struct_pack(${packed.join(', ')})`, type, parts };
}

function widened(value: Typed, to: SqlType): Typed | undefined {
  if (!widens(value.type, to)) return undefined;
  return { sql: `CAST(${value.sql} AS ${physicalType(to)})`, type: to };
}

/** All values as their common type, or an error in the words of the construct that needs one. */
export function unify(
  values: readonly Typed[],
  scope: Scope,
  range: Range,
  where: string,
): readonly [SqlType, readonly Typed[]] {
  const type = commonType(values);
  const coerced = type === undefined ? [] : values.map((value) => coerce(value, type));
  if (type === undefined || coerced.includes(undefined)) {
    const types = values.map((value) => typeText(value.type)).join(', ');
    throw failAt(scope.context, range, `No matching signature for ${where} for argument types: ${types}`);
  }
  return [type, coerced.filter((value) => value !== undefined)];
}

/** Literals of text and of floats do not count where something else says what they are. */
export function commonType(values: readonly Typed[]): SqlType | undefined {
  const firm = values.filter((value) => value.literal?.kind !== 'string' && value.literal?.kind !== 'float');
  const firmType = firm.length === 0 ? undefined : supertype(firm.map((value) => value.type));
  if (
    firmType !== undefined &&
    firmType.kind !== 'null' &&
    values.every((value) => coerce(value, firmType))
  ) {
    return firmType;
  }
  return supertype(values.map((value) => value.type));
}

export function mustCoerce(value: Typed, to: SqlType, scope: Scope, range: Range, message: string): Typed {
  const coerced = coerce(value, to);
  if (coerced === undefined) throw failAt(scope.context, range, message);
  return coerced;
}
