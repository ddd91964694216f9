import type { Call } from '../../../../../sql/ast/index.ts';
import { unsupported } from '../../engine-error.ts';
import { float64, int64, isScalar } from '../../type/sql-type.ts';
import { coerce } from '../coerce.ts';
import { failAt } from '../context.ts';
import type { Scope } from '../scope.ts';
import { nullOf, type Typed } from '../typed.ts';
import { printWindow } from '../window.ts';
import { functionName, mismatch, printArguments, type FunctionTable, type Handler } from './signature.ts';

function over(call: Call, scope: Scope): string {
  if (call.window === undefined) {
    throw failAt(
      scope.context,
      call.range,
      `Window function ${functionName(call)} cannot be called without an OVER clause`,
    );
  }
  return printWindow(call.window, scope);
}

const ranking =
  (name: string, type: Typed['type']): Handler =>
  (call, scope) => {
    const values = printArguments(call, scope);
    if (values.length !== 0) throw mismatch(call, values, scope);
    return { sql: `${name}()${over(call, scope)}`, type };
  };

const ntile: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  const size = values[0] && coerce(values[0], int64);
  if (size === undefined || values.length !== 1) throw mismatch(call, values, scope);
  return { sql: `ntile(${size.sql})${over(call, scope)}`, type: int64 };
};

/** LAG and LEAD: value, how far, and what stands where there is no such row. */
const shifted =
  (name: 'lag' | 'lead'): Handler =>
  (call, scope) => {
    const values = printArguments(call, scope);
    const [value, distance, otherwise] = values;
    const far = distance === undefined ? '1' : coerce(distance, int64)?.sql;
    if (value === undefined || far === undefined || values.length > 3) throw mismatch(call, values, scope);
    const missing = otherwise === undefined ? nullOf(value.type) : coerce(otherwise, value.type);
    if (missing === undefined) throw mismatch(call, values, scope);
    return {
      sql: `${name}(${value.sql}, ${far}, ${missing.sql}${nulls(call)})${over(call, scope)}`,
      type: value.type,
    };
  };

const positional =
  (name: string): Handler =>
  (call, scope) => {
    const values = printArguments(call, scope);
    const [value, position] = values;
    if (value === undefined || (name === 'nth_value') !== (position !== undefined))
      throw mismatch(call, values, scope);
    const more = position === undefined ? '' : `, ${position.sql}`;
    return { sql: `${name}(${value.sql}${more}${nulls(call)})${over(call, scope)}`, type: value.type };
  };

function nulls(call: Call): string {
  return call.nulls === 'IGNORE' ? ' IGNORE NULLS' : '';
}

const percentile =
  (kind: 'cont' | 'disc'): Handler =>
  (call, scope) => {
    const values = printArguments(call, scope);
    const [value, point] = values;
    if (call.nulls === 'RESPECT') throw unsupported(`${functionName(call)} with RESPECT NULLS`);
    const fraction = point && coerce(point, float64);
    const number = value && (kind === 'cont' ? coerce(value, float64) : value);
    if (fraction === undefined || number === undefined) throw mismatch(call, values, scope);
    if (value !== undefined && isScalar(value.type, 'NUMERIC') && kind === 'cont')
      throw unsupported('PERCENTILE_CONT of NUMERIC');
    return { sql: `quantile_${kind}(${number.sql}, ${fraction.sql})${over(call, scope)}`, type: number.type };
  };

export const windowFunctions: FunctionTable = {
  ROW_NUMBER: ranking('row_number', int64),
  RANK: ranking('rank', int64),
  DENSE_RANK: ranking('dense_rank', int64),
  PERCENT_RANK: ranking('percent_rank', float64),
  CUME_DIST: ranking('cume_dist', float64),
  NTILE: ntile,
  LAG: shifted('lag'),
  LEAD: shifted('lead'),
  FIRST_VALUE: positional('first_value'),
  LAST_VALUE: positional('last_value'),
  NTH_VALUE: positional('nth_value'),
  PERCENTILE_CONT: percentile('cont'),
  PERCENTILE_DISC: percentile('disc'),
};
