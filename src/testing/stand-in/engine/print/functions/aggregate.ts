import type { Call, OrderItem } from '../../../../../sql/ast/index.ts';
import { unsupported } from '../../engine-error.ts';
import { physicalType } from '../../type/physical-type.ts';
import { arrayOf, bool, float64, int64, isScalar, numeric, string, structOf } from '../../type/sql-type.ts';
import { isNumber } from '../../type/supertype.ts';
import { coerce } from '../coerce.ts';
import { printExpression } from '../expression.ts';
import type { Scope } from '../scope.ts';
import type { Typed } from '../typed.ts';
import { printOrder, printWindow } from '../window.ts';
import { functionName, mismatch, printArguments, type FunctionTable, type Handler } from './signature.ts';

/** One aggregate call: its arguments, and what stands around DuckDB's function. */
interface Aggregate {
  readonly call: Call;
  readonly scope: Scope;
  readonly values: readonly Typed[];
  readonly distinct: string;
  /** ` ORDER BY …` inside the call. */
  readonly order: string;
  /** A function call with its FILTER and OVER. */
  readonly apply: (inside: string, condition?: string) => string;
}

type AggregatePrinter = (aggregate: Aggregate) => Typed | undefined;

/** Arguments of an aggregate do not see the names of the SELECT list. */
export function withoutAliases(scope: Scope): Scope {
  const { aliases: _, ...rest } = scope;
  return rest;
}

const aggregate =
  (print: AggregatePrinter, allows: { readonly order?: boolean; readonly having?: boolean } = {}): Handler =>
  (call, scope) => {
    const inner = withoutAliases(scope);
    if (call.having !== undefined && allows.having !== true)
      throw unsupported(`HAVING MAX or MIN in ${functionName(call)}`);
    if ((call.orderBy.length > 0 || call.limit !== undefined) && allows.order !== true) {
      throw mismatch(call, [], scope);
    }
    const star = call.arguments[0]?.value.type === 'star';
    const values = star ? [] : printArguments(call, inner);
    const printed = print({
      call,
      scope: inner,
      values,
      distinct: call.distinct ? 'DISTINCT ' : '',
      order: orderSql(call.orderBy, inner),
      apply: (inside, condition) => inside + filterSql(scope, condition) + windowSql(call, scope),
    });
    if (printed === undefined) throw mismatch(call, values, scope);
    return printed;
  };

function orderSql(items: readonly OrderItem[], scope: Scope): string {
  if (items.length === 0) return '';
  return ` ORDER BY ${items.map((item) => printOrder(item, printExpression(item.value, scope).sql)).join(', ')}`;
}

function filterSql(scope: Scope, condition: string | undefined): string {
  const conditions = [scope.filter, condition].filter((part) => part !== undefined);
  return conditions.length === 0 ? '' : ` FILTER (WHERE ${conditions.join(' AND ')})`;
}

function windowSql(call: Call, scope: Scope): string {
  return call.window === undefined ? '' : printWindow(call.window, scope);
}

const count: AggregatePrinter = ({ call, values, distinct, apply }) => {
  if (call.arguments[0]?.value.type === 'star') return { sql: apply('count(*)'), type: int64 };
  const [value] = values;
  if (value === undefined || values.length !== 1) return undefined;
  return { sql: apply(`count(${distinct}${value.sql})`), type: int64 };
};

const countIf: AggregatePrinter = ({ values, distinct, apply }) => {
  const condition = values[0] && coerce(values[0], bool);
  return (
    condition && { sql: apply(`count(${distinct}CASE WHEN ${condition.sql} THEN TRUE END)`), type: int64 }
  );
};

const sum: AggregatePrinter = ({ values, distinct, apply }) => {
  const value = values[0] && numberOrInteger(values[0]);
  if (value === undefined || values.length !== 1) return undefined;
  const total = apply(`sum(${distinct}${value.sql})`);
  if (isScalar(value.type, 'INT64')) return { sql: `CAST(${total} AS BIGINT)`, type: int64 };
  return { sql: total, type: value.type };
};

const average: AggregatePrinter = ({ values, distinct, apply }) => {
  const value = values[0] && numberOrInteger(values[0]);
  if (value === undefined || values.length !== 1) return undefined;
  if (isScalar(value.type, 'BIGNUMERIC')) throw unsupported('AVG of BIGNUMERIC');
  if (!isScalar(value.type, 'NUMERIC')) return { sql: apply(`avg(${distinct}${value.sql})`), type: float64 };
  const total = apply(`sum(${distinct}${value.sql})`);
  const size = apply(`count(${distinct}${value.sql})`);
  return {
    sql: `CAST(bq_divide_numeric(CAST(${total} AS VARCHAR), CAST(NULLIF(${size}, 0) AS VARCHAR)) AS DECIMAL(38,9))`,
    type: numeric,
  };
};

function numberOrInteger(value: Typed): Typed | undefined {
  if (value.type.kind === 'null') return coerce(value, int64);
  return isNumber(value.type) ? value : undefined;
}

const extreme =
  (name: 'min' | 'max'): AggregatePrinter =>
  ({ values, apply }) => {
    const [value] = values;
    if (
      value === undefined ||
      values.length !== 1 ||
      value.type.kind === 'array' ||
      value.type.kind === 'struct' ||
      isScalar(value.type, 'JSON')
    )
      return undefined;
    const settled = coerce(value, value.type.kind === 'null' ? int64 : value.type);
    return settled && { sql: apply(`${name}(${settled.sql})`), type: settled.type };
  };

const anyValue: AggregatePrinter = ({ call, scope, values, apply }) => {
  const [value] = values;
  if (value === undefined || values.length !== 1) return undefined;
  if (call.having === undefined) return { sql: apply(`any_value(${value.sql})`), type: value.type };
  const by = printExpression(call.having.value, scope);
  return chosenBy(value, by, call.having.extreme, apply);
};

const by =
  (extremeName: 'MIN' | 'MAX'): AggregatePrinter =>
  ({ values, apply }) => {
    const [value, key] = values;
    return value === undefined || key === undefined ? undefined : chosenBy(value, key, extremeName, apply);
  };

function chosenBy(value: Typed, key: Typed, extremeName: 'MIN' | 'MAX', apply: Aggregate['apply']): Typed {
  return { sql: apply(`arg_${extremeName.toLowerCase()}_null(${value.sql}, ${key.sql})`), type: value.type };
}

const logical =
  (name: 'bool_and' | 'bool_or'): AggregatePrinter =>
  ({ values, apply }) => {
    const value = values[0] && coerce(values[0], bool);
    return value && { sql: apply(`${name}(${value.sql})`), type: bool };
  };

const bits =
  (name: string): AggregatePrinter =>
  ({ values, distinct, apply }) => {
    const value = values[0] && coerce(values[0], int64);
    return value && { sql: apply(`${name}(${distinct}${value.sql})`), type: int64 };
  };

const statistic =
  (name: string, size: 1 | 2): AggregatePrinter =>
  ({ values, distinct, apply }) => {
    const floats = values.map((value) =>
      isNumber(value.type) || value.type.kind === 'null' ? coerce(value, float64) : undefined,
    );
    if (floats.length !== size || floats.includes(undefined)) return undefined;
    return {
      sql: apply(`${name}(${distinct}${floats.map((value) => value?.sql).join(', ')})`),
      type: float64,
    };
  };

/** Limits cut the finished list; DuckDB's aggregates have none. */
function limited(list: string, { call, scope }: Aggregate): string {
  if (call.limit === undefined) return list;
  if (call.window !== undefined) throw unsupported(`LIMIT in ${functionName(call)} OVER`);
  return `list_slice(${list}, 1, ${printExpression(call.limit, scope).sql})`;
}

const arrayAgg: AggregatePrinter = (aggregateCall) => {
  const { call, values, distinct, order, apply } = aggregateCall;
  const [value] = values;
  if (value === undefined || values.length !== 1 || value.type.kind === 'array') return undefined;
  const settled = coerce(value, value.type.kind === 'null' ? int64 : value.type);
  if (settled === undefined) return undefined;
  const list = apply(
    `list(${distinct}${settled.sql}${order})`,
    call.nulls === 'IGNORE' ? `${settled.sql} IS NOT NULL` : undefined,
  );
  return { sql: limited(list, aggregateCall), type: arrayOf(settled.type) };
};

const arrayConcatAgg: AggregatePrinter = (aggregateCall) => {
  const [value] = aggregateCall.values;
  if (value?.type.kind !== 'array' || aggregateCall.call.distinct) return undefined;
  const lists = aggregateCall.apply(`list(${value.sql}${aggregateCall.order})`, `${value.sql} IS NOT NULL`);
  return { sql: `flatten(${limited(lists, aggregateCall)})`, type: value.type };
};

const stringAgg: AggregatePrinter = (aggregateCall) => {
  const { values, distinct, order, apply } = aggregateCall;
  const [first, delimiterValue] = values;
  if (first !== undefined && isScalar(first.type, 'BYTES')) throw unsupported('STRING_AGG of BYTES');
  const value = first && coerce(first, string);
  const delimiter = delimiterValue === undefined ? "','" : coerce(delimiterValue, string)?.sql;
  if (value === undefined || delimiter === undefined || values.length > 2) return undefined;
  const list = apply(`list(${distinct}${value.sql}${order})`, `${value.sql} IS NOT NULL`);
  return { sql: `array_to_string(${limited(list, aggregateCall)}, ${delimiter})`, type: string };
};

const approximateCount: AggregatePrinter = ({ values, apply }) => {
  const [value] = values;
  return value && { sql: apply(`count(DISTINCT ${value.sql})`), type: int64 };
};

/** Exact quantiles: BigQuery's own are approximate, so any within its error would do. */
const quantiles: AggregatePrinter = ({ call, values, distinct, apply }) => {
  const [value, size] = values;
  const steps = size?.literal?.kind === 'integer' ? Number(size.literal.value) : undefined;
  if (value === undefined || steps === undefined || steps < 1) return undefined;
  if (call.nulls === 'RESPECT') throw unsupported('APPROX_QUANTILES with RESPECT NULLS');
  const points = Array.from({ length: steps + 1 }, (_, index) => `${index / steps}`).join(', ');
  return { sql: apply(`quantile_disc(${distinct}${value.sql}, [${points}])`), type: arrayOf(value.type) };
};

const topCount: AggregatePrinter = ({ call, values, apply }) => {
  const [value, size] = values;
  const limit = size && coerce(size, int64);
  if (value === undefined || limit === undefined) return undefined;
  if (call.window !== undefined) throw unsupported('APPROX_TOP_COUNT OVER');
  const type = arrayOf(
    structOf([
      { name: 'value', type: value.type },
      { name: 'count', type: int64 },
    ]),
  );
  const counts = apply(`histogram(${value.sql})`, `${value.sql} IS NOT NULL`);
  const nulls = apply('count(*)', `${value.sql} IS NULL`);
  return {
    sql: `bq_top_count(${counts}, ${nulls}, ${limit.sql}, CAST(NULL AS ${physicalType(value.type)}))`,
    type,
  };
};

const grouping: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  if (values.length !== 1) throw mismatch(call, values, scope);
  return { sql: `CAST(grouping(${values[0]?.sql}) AS BIGINT)`, type: int64 };
};

export const aggregateFunctions: FunctionTable = {
  COUNT: aggregate(count),
  COUNTIF: aggregate(countIf),
  COUNT_IF: aggregate(countIf),
  SUM: aggregate(sum),
  AVG: aggregate(average),
  MIN: aggregate(extreme('min')),
  MAX: aggregate(extreme('max')),
  ANY_VALUE: aggregate(anyValue, { having: true }),
  MIN_BY: aggregate(by('MIN')),
  MAX_BY: aggregate(by('MAX')),
  LOGICAL_AND: aggregate(logical('bool_and')),
  LOGICAL_OR: aggregate(logical('bool_or')),
  BIT_AND: aggregate(bits('bit_and')),
  BIT_OR: aggregate(bits('bit_or')),
  BIT_XOR: aggregate(bits('bit_xor')),
  STDDEV: aggregate(statistic('stddev_samp', 1)),
  STDDEV_SAMP: aggregate(statistic('stddev_samp', 1)),
  STDDEV_POP: aggregate(statistic('stddev_pop', 1)),
  VARIANCE: aggregate(statistic('var_samp', 1)),
  VAR_SAMP: aggregate(statistic('var_samp', 1)),
  VAR_POP: aggregate(statistic('var_pop', 1)),
  CORR: aggregate(statistic('corr', 2)),
  COVAR_POP: aggregate(statistic('covar_pop', 2)),
  COVAR_SAMP: aggregate(statistic('covar_samp', 2)),
  ARRAY_AGG: aggregate(arrayAgg, { order: true }),
  ARRAY_CONCAT_AGG: aggregate(arrayConcatAgg, { order: true }),
  STRING_AGG: aggregate(stringAgg, { order: true }),
  APPROX_COUNT_DISTINCT: aggregate(approximateCount),
  APPROX_QUANTILES: aggregate(quantiles),
  APPROX_TOP_COUNT: aggregate(topCount),
  GROUPING: grouping,
};

/** Names whose calls make a SELECT an aggregation. */
export const aggregateNames: ReadonlySet<string> = new Set(Object.keys(aggregateFunctions));
