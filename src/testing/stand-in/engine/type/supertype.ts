import {
  arrayOf,
  isScalar,
  nullType,
  sameType,
  structOf,
  type ScalarName,
  type SqlType,
} from './sql-type.ts';

const wider: Partial<Record<ScalarName, readonly ScalarName[]>> = {
  INT64: ['NUMERIC', 'BIGNUMERIC', 'FLOAT64'],
  NUMERIC: ['BIGNUMERIC', 'FLOAT64'],
  BIGNUMERIC: ['FLOAT64'],
  DATE: ['DATETIME'],
};

/** Whether a value, not a literal, of one type is taken where the other is wanted. */
export function widens(from: SqlType, to: SqlType): boolean {
  if (from.kind === 'null' || sameType(from, to)) return true;
  if (from.kind === 'scalar' && to.kind === 'scalar') return wider[from.name]?.includes(to.name) ?? false;
  if (from.kind === 'array' && to.kind === 'array') return from.element.kind === 'null';
  return from.kind === 'struct' && to.kind === 'struct' && fieldsWiden(from, to);
}

type Struct = Extract<SqlType, { kind: 'struct' }>;

function fieldsWiden(from: Struct, to: Struct): boolean {
  return (
    from.fields.length === to.fields.length &&
    from.fields.every((field, index) => {
      const target = to.fields[index];
      return target !== undefined && widens(field.type, target.type);
    })
  );
}

/** The one type that all of these become in `CASE`, `COALESCE`, arrays and set operations. */
export function supertype(types: readonly SqlType[]): SqlType | undefined {
  return types.reduce<SqlType | undefined>(
    (common, type) => (common === undefined ? undefined : join(common, type)),
    nullType,
  );
}

function join(left: SqlType, right: SqlType): SqlType | undefined {
  if (sameType(left, right)) return left;
  if (widens(left, right)) return right;
  if (widens(right, left)) return left;
  if (left.kind === 'struct' && right.kind === 'struct') return joinStructs(left, right);
  if (left.kind === 'array' && right.kind === 'array') return joinArrays(left, right);
  return undefined;
}

function joinArrays(
  left: Extract<SqlType, { kind: 'array' }>,
  right: Extract<SqlType, { kind: 'array' }>,
): SqlType | undefined {
  const element = join(left.element, right.element);
  return element === undefined ? undefined : arrayOf(element);
}

function joinStructs(left: Struct, right: Struct): SqlType | undefined {
  if (left.fields.length !== right.fields.length) return undefined;
  const fields = left.fields.map((field, index) => {
    const type = join(field.type, right.fields[index]?.type ?? nullType);
    return type === undefined ? undefined : { ...field, type };
  });
  return fields.includes(undefined) ? undefined : structOf(fields.filter((field) => field !== undefined));
}

export function isNumber(type: SqlType): boolean {
  return isScalar(type, 'INT64', 'NUMERIC', 'BIGNUMERIC', 'FLOAT64');
}
