import { assertNever } from '../../../../src/sql/assert-never.ts';
import { query } from './query.ts';
import { namable, namableOf, nested } from './scope.ts';
import type { Scope, Typed } from './scope.ts';
import { arrayOf, bool, int64, isKey, scalar, string, typeText } from './type.ts';
import type { ScalarName, Type } from './type.ts';

/** Text of an expression of the type, out of what the scope can see. */
export function expression(scope: Scope, type: Type, depth = 2): string {
  const { choices } = scope;
  const columns = namableOf(scope, type);
  if (depth <= 0 || choices.below(10) < 5) return choices.of(columns)?.text ?? constant(scope, type);
  const deeper = (other: Type): string => expression(scope, other, depth - 1);
  return choices.from(...common(scope, type, deeper), ...special(scope, type, deeper))();
}

type Deeper = (type: Type) => string;
type Alternatives = readonly [() => string, ...(() => string)[]];

function common(scope: Scope, type: Type, deeper: Deeper): Alternatives {
  return [
    () => constant(scope, type),
    () => `IF(${deeper(bool)}, ${deeper(type)}, ${deeper(type)})`,
    () => `CASE WHEN ${deeper(bool)} THEN ${deeper(type)} ELSE ${deeper(type)} END`,
    () => `COALESCE(${deeper(type)}, ${deeper(type)})`,
    () => `(${deeper(type)})`,
    () => scalarQuery(scope, type) ?? deeper(type),
    () => `${deeper(arrayOrSelf(type))}${type.kind === 'array' ? '' : '[SAFE_OFFSET(0)]'}`,
  ];
}

const arrayOrSelf = (type: Type): Type => (type.kind === 'array' ? type : arrayOf(type));

/** A subquery, correlated or not, while there is depth left. */
export function scalarQuery(scope: Scope, type: Type): string | undefined {
  if (scope.depth <= 0) return undefined;
  return `(${query(nested(scope), [type]).text})`;
}

export function constant(scope: Scope, type: Type): string {
  const { choices } = scope;
  switch (type.kind) {
    case 'scalar':
      return literals[type.name][choices.below(literals[type.name].length)] ?? 'NULL';
    case 'array':
      return `${typeText(type)}[]`;
    case 'struct':
      return `STRUCT(${type.fields.map((field) => `${expression(scope, field.type, 0)} AS ${field.name}`).join(', ')})`;
    default:
      return assertNever(type);
  }
}

const literals: Readonly<Record<ScalarName, readonly string[]>> = {
  INT64: ['1', '0x1F', '-7'],
  FLOAT64: ['1.5', '1e3', '.5'],
  NUMERIC: ["NUMERIC '1.5'", 'CAST(2 AS NUMERIC)'],
  STRING: ["'a'", '"b"', String.raw`r'\d'`, "'''it's'''", "'x' 'y'", String.raw`'\''`],
  BOOL: ['TRUE', 'FALSE'],
  DATE: ["DATE '2024-01-02'", 'CURRENT_DATE()'],
  TIMESTAMP: ["TIMESTAMP '2024-01-02 03:04:05+00'", 'CURRENT_TIMESTAMP()'],
  JSON: ["JSON '{}'"],
};

function special(scope: Scope, type: Type, deeper: Deeper): readonly (() => string)[] {
  if (type.kind === 'array') return arrays(scope, type.element, deeper);
  if (type.kind === 'struct') return [() => constant(scope, type)];
  return scalars(scope, deeper)[type.name];
}

function scalars(scope: Scope, deeper: Deeper): Readonly<Record<ScalarName, readonly (() => string)[]>> {
  const of = (name: ScalarName) => (): string => deeper(scalar(name));
  const [int, text, date, time, number, json] = [
    of('INT64'),
    of('STRING'),
    of('DATE'),
    of('TIMESTAMP'),
    of('NUMERIC'),
    of('JSON'),
  ];
  const float = of('FLOAT64');
  return {
    INT64: [
      () => `${int()} + ${int()}`,
      () => `-${int()}`.replace('--', '-'),
      () => `LENGTH(${text()})`,
      () => `EXTRACT(YEAR FROM ${date()})`,
      () => `ARRAY_LENGTH(${deeper(arrayOf(scope.choices.from(int64, string)))})`,
      () => `CAST(${text()} AS INT64)`,
      () => `SAFE_CAST(${float()} AS INT64)`,
      () => `DATE_DIFF(${date()}, ${date()}, DAY)`,
      () => `(${int()} & ${int()}) << 1`,
      () => `UNIX_SECONDS(${time()})`,
    ],
    FLOAT64: [
      () => `${float()} / ${int()}`,
      () => `CAST(${number()} AS FLOAT64)`,
      () => `SQRT(ABS(${float()}))`,
      () => `SAFE.LN(${float()})`,
    ],
    NUMERIC: [
      () => `${number()} * ${int()}`,
      () => `ROUND(${number()}, 2)`,
      () => `CAST(${int()} AS NUMERIC)`,
    ],
    STRING: [
      () => `${text()} || ${text()}`,
      () => `CONCAT(${text()}, '-', ${text()})`,
      () => `UPPER(${text()})`,
      () => `SUBSTR(${text()}, ${int()}, 3)`,
      () => `FORMAT('%T', ${wholeValue(scope) ?? text()})`,
      () => `TO_JSON_STRING(${wholeValue(scope) ?? text()})`,
      () => `CAST(${deeper(scalar(scope.choices.from('INT64', 'DATE', 'NUMERIC')))} AS STRING)`,
      () => `FORMAT_DATE('%Y', ${date()})`,
      () => `JSON_VALUE(${json()}, '$.a')`,
      () => `REGEXP_EXTRACT(${text()}, r'(\\d+)')`,
      () => `STRING(${json()}.name)`,
      () => `NULLIF(${text()}, ${text()})`,
      () => `CASE ${text()} WHEN ${text()} THEN ${text()} END`,
      () => `ARRAY_TO_STRING(${deeper(arrayOf(string))}, ',')`,
      () => `WITH(w AS ${text()}, CONCAT(w, ${text()}))`,
      () => `(SELECT AS STRUCT ${text()} AS a, ${int()} AS b).a`,
      () => `STRUCT(${text()} AS a, ${int()} AS b).a`,
    ],
    BOOL: booleans(scope, deeper),
    DATE: [
      () => `DATE_ADD(${date()}, INTERVAL ${int()} DAY)`,
      () => `DATE(${time()})`,
      () => `DATE_TRUNC(${date()}, MONTH)`,
      () => `PARSE_DATE('%F', ${text()})`,
      () => `GREATEST(${date()}, ${date()})`,
    ],
    TIMESTAMP: [
      () => `TIMESTAMP(${date()})`,
      () => `TIMESTAMP_SUB(${time()}, INTERVAL 1 HOUR)`,
      () => `TIMESTAMP_TRUNC(${time()}, DAY, 'UTC')`,
    ],
    JSON: [
      () => `TO_JSON(${wholeValue(scope) ?? text()})`,
      () => `PARSE_JSON(${text()})`,
      () => `${json()}.a.b`,
      () => `${json()}['a']`,
      () => `JSON_QUERY(${json()}, '$.x')`,
    ],
  };
}

function booleans(scope: Scope, deeper: Deeper): readonly (() => string)[] {
  const { choices } = scope;
  const key = (): Type => scalar(choices.from('INT64', 'STRING', 'DATE', 'NUMERIC', 'TIMESTAMP', 'FLOAT64'));
  const inner = (type: Type): string | undefined =>
    scope.depth <= 0 ? undefined : query(nested(scope), [type]).text;
  return [
    () => comparison(choices.from('=', '!=', '<', '>=', '<>'), key(), deeper),
    () => `(${deeper(bool)} AND ${deeper(bool)})`,
    () => `(${deeper(bool)} OR NOT ${deeper(bool)})`,
    () => `${deeper(key())} IS ${choices.from('', 'NOT ')}NULL`,
    () => `(${deeper(string)} LIKE 'a%')`,
    () => `(${deeper(string)} LIKE ANY ('a%', ${deeper(string)}))`,
    () => between(key(), deeper),
    () => within(key(), deeper),
    () => `EXISTS (${inner(int64) ?? 'SELECT 1'})`,
    () => {
      const type = key();
      const text = inner(type);
      return text === undefined
        ? `${deeper(type)} IS NULL`
        : `(${deeper(type)} ${choices.from('', 'NOT ')}IN (${text}))`;
    },
    () => {
      const type = choices.from(int64, string);
      return `(${deeper(type)} IN UNNEST(${deeper(arrayOf(type))}))`;
    },
    () => `REGEXP_CONTAINS(${deeper(string)}, r'x')`,
    () => `(${deeper(int64)} IS DISTINCT FROM ${deeper(int64)})`,
    () => `STARTS_WITH(${deeper(string)}, ${deeper(string)})`,
    () => {
      const type = choices.from(int64, string);
      return `(${deeper(type)}, ${deeper(int64)}) IN ((${constant(scope, type)}, 1))`;
    },
  ];
}

const comparison = (operator: string, type: Type, deeper: Deeper): string =>
  `(${deeper(type)} ${operator} ${deeper(type)})`;
const between = (type: Type, deeper: Deeper): string =>
  `(${deeper(type)} BETWEEN ${deeper(type)} AND ${deeper(type)})`;
const within = (type: Type, deeper: Deeper): string =>
  `(${deeper(type)} IN (${deeper(type)}, ${deeper(type)}))`;

/** A range variable or a STRUCT or array column as a value. */
function wholeValue(scope: Scope): string | undefined {
  const rows = scope.sources.map((source) => source.alias).filter((alias) => alias !== '');
  const values = namable(scope)
    .filter((each) => each.type.kind !== 'scalar')
    .map((each) => each.text);
  return scope.choices.of([...rows, ...values]);
}

function arrays(scope: Scope, element: Type, deeper: Deeper): readonly (() => string)[] {
  const { choices } = scope;
  const type = arrayOf(element);
  const condition = (): string => {
    const name = choices.name('e');
    return `${name} -> ${expression({ ...scope, names: [...scope.names, { name, type: element }] }, bool, 1)}`;
  };
  return [
    () => `ARRAY_CONCAT(${deeper(type)}, ${deeper(type)})`,
    () => `ARRAY_REVERSE(${deeper(type)})`,
    () => `ARRAY_FILTER(${deeper(type)}, ${condition()})`,
    () => transformed(scope, element, deeper),
    () =>
      scope.depth <= 0 || element.kind === 'array'
        ? deeper(type)
        : `ARRAY(${query(nested(scope), [element]).text})`,
    ...(isKey(element) ? [() => `[${deeper(element)}, ${deeper(element)}]`] : []),
    ...(element.kind === 'scalar' && element.name === 'STRING'
      ? [() => `SPLIT(${deeper(string)}, ',')`]
      : []),
    ...(element.kind === 'scalar' && element.name === 'INT64'
      ? [() => `GENERATE_ARRAY(1, ${deeper(int64)})`]
      : []),
  ];
}

function transformed(scope: Scope, element: Type, deeper: Deeper): string {
  const name = scope.choices.name('e');
  const from = namable(scope).find((each) => each.type.kind === 'array');
  const input: Typed = from ?? { text: deeper(arrayOf(int64)), type: arrayOf(int64) };
  const type = input.type.kind === 'array' ? input.type.element : int64;
  const inner = { ...scope, names: [...scope.names, { name, type }] };
  return `ARRAY_TRANSFORM(${input.text}, ${name} -> ${expression(inner, element, 1)})`;
}
