import { bool, isScalar, string, typeText } from '../../type/sql-type.ts';
import { coerce, unify } from '../coerce.ts';
import { equality } from '../conditional.ts';
import { nullOf, stringLiteral, type Typed } from '../typed.ts';
import { mismatch, printArguments, type FunctionTable, type Handler } from './signature.ts';

const ifThen: Handler = (call, scope) => {
  const [test, ...results] = printArguments(call, scope);
  const condition = test && coerce(test, bool);
  if (condition === undefined || results.length !== 2)
    throw mismatch(call, test === undefined ? results : [test, ...results], scope);
  const [type, [then, otherwise]] = unify(results, scope, call.range, 'function IF');
  return { sql: `(CASE WHEN ${condition.sql} THEN ${then?.sql} ELSE ${otherwise?.sql} END)`, type };
};

const coalesce =
  (count: number | undefined): Handler =>
  (call, scope) => {
    const values = printArguments(call, scope);
    if (values.length === 0 || (count !== undefined && values.length !== count))
      throw mismatch(call, values, scope);
    const [type, coerced] = unify(values, scope, call.range, `function ${call.name[0].name.toUpperCase()}`);
    return { sql: `COALESCE(${coerced.map((value) => value.sql).join(', ')})`, type };
  };

const nullIf: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  const [left, right] = values;
  if (left === undefined || right === undefined || values.length !== 2) throw mismatch(call, values, scope);
  const [type, [value]] = unify(values, scope, call.range, 'function NULLIF');
  const same = equality(left, right, call, scope);
  return { sql: `(CASE WHEN ${same} THEN NULL ELSE ${value?.sql} END)`, type };
};

/** ERROR stands where any type may stand. */
const error: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  const message = values[0] && coerce(values[0], string);
  if (message === undefined || values.length !== 1) throw mismatch(call, values, scope);
  return { sql: `bq_raise_integer(${message.sql})`, type: { kind: 'null' } };
};

const zeroIfNull: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  const [value] = values;
  if (value === undefined || values.length !== 1) throw mismatch(call, values, scope);
  const settled: Typed = value.type.kind === 'null' ? nullOf({ kind: 'scalar', name: 'INT64' }) : value;
  if (!isScalar(settled.type, 'INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC'))
    throw mismatch(call, values, scope);
  return { sql: `COALESCE(${settled.sql}, 0)`, type: settled.type };
};

export const conditionalFunctions: FunctionTable = {
  IF: ifThen,
  IFNULL: coalesce(2),
  COALESCE: coalesce(undefined),
  NULLIF: nullIf,
  ZEROIFNULL: zeroIfNull,
  NULLIFZERO: (call, scope) => {
    const values = printArguments(call, scope);
    const [value] = values;
    if (value === undefined || !isScalar(value.type, 'INT64', 'FLOAT64', 'NUMERIC', 'BIGNUMERIC'))
      throw mismatch(call, values, scope);
    return { sql: `NULLIF(${value.sql}, 0)`, type: value.type };
  },
  TYPEOF: (call, scope) => {
    const values = printArguments(call, scope);
    if (values[0] === undefined || values.length !== 1) throw mismatch(call, values, scope);
    return stringLiteral(typeText(values[0].type));
  },
  ERROR: error,
  SESSION_USER: (_, scope) => ({ sql: `'${scope.context.user.replaceAll("'", "''")}'`, type: string }),
};
