import { native, type Native } from './native.ts';

const minimum = -(2n ** 63n);
const maximum = 2n ** 63n - 1n;

/** `%.15g`, or `%.17g` where fifteen digits do not read back as the same number. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return '0';
  const short = value.toPrecision(15);
  return Number(short) === value ? general(value, 15) : general(value, 17);
}

function general(value: number, precision: number): string {
  const [mantissa = '', exponentText = '0'] = value.toExponential(precision - 1).split('e');
  const exponent = Number(exponentText);
  if (exponent >= -4 && exponent < precision)
    return dropZeros(value.toFixed(Math.max(0, precision - 1 - exponent)));
  const sign = exponent < 0 ? '-' : '+';
  return `${dropZeros(mantissa)}e${sign}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

export function dropZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

function parseInt64(text: string): bigint {
  const trimmed = text.trim();
  if (!/^[+-]?(0[xX][0-9a-fA-F]+|[0-9]+)$/.test(trimmed)) throw new Error(`Bad int64 value: ${text}`);
  const value = trimmed.startsWith('-') ? -BigInt(trimmed.slice(1)) : BigInt(trimmed.replace('+', ''));
  if (value < minimum || value > maximum) throw new Error(`Bad int64 value: ${text}`);
  return value;
}

function parseFloat64(text: string): number {
  const trimmed = text.trim();
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(trimmed);
  if (word?.[2]?.toLowerCase() === 'nan') throw new Error('The stand-in does not support NaN');
  if (word !== null) return word[1] === '-' ? -Infinity : Infinity;
  if (!/^[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?$/.test(trimmed))
    throw new Error(`Bad double value: ${text}`);
  const value = Number(trimmed);
  if (!Number.isFinite(value)) throw new Error(`Bad double value: ${text}`);
  return value;
}

/** The decimal text of a NUMERIC with `scale` digits after the point, half away from zero. */
export function parseDecimal(text: string, scale: number, name: string): string {
  const match = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:[eE]([+-]?[0-9]+))?$/.exec(text.trim());
  if (match === null || (match[2] ?? '') + (match[3] ?? '') === '')
    throw new Error(`Invalid ${name} value: ${text}`);
  const exponent = Number(match[4] ?? '0');
  const fraction = match[3] ?? '';
  if (Math.abs(exponent) > 200) throw new Error(`Invalid ${name} value: ${text}`);
  const unscaled = BigInt((match[2] ?? '') + fraction);
  const value = shift(unscaled, scale - fraction.length + exponent);
  return decimalText(match[1] === '-' ? -value : value, scale);
}

function shift(value: bigint, places: number): bigint {
  if (places >= 0) return value * 10n ** BigInt(places);
  return roundedQuotient(value, 10n ** BigInt(-places));
}

function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  const negative = dividend < 0n !== divisor < 0n;
  const left = dividend < 0n ? -dividend : dividend;
  const right = divisor < 0n ? -divisor : divisor;
  const rounded = (2n * left + right) / (2n * right);
  return negative ? -rounded : rounded;
}

function decimalText(value: bigint, scale: number): string {
  const digits = (value < 0n ? -value : value).toString().padStart(scale + 1, '0');
  const text = `${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
  return value < 0n ? `-${text}` : text;
}

function unscale(text: string, scale: number): bigint {
  return BigInt(parseDecimal(text, scale, 'NUMERIC').replace('.', ''));
}

const limit = 10n ** 38n;

/** Checks a NUMERIC's 29 digits before the point. */
function bounded(value: bigint, operation: string): string {
  if (value >= limit || value <= -limit) throw new Error(`numeric overflow: ${operation}`);
  return decimalText(value, 9);
}

function divideNumeric(left: string, right: string): string {
  const divisor = unscale(right, 9);
  if (divisor === 0n) throw new Error(`division by zero: ${dropZeros(left)} / ${dropZeros(right)}`);
  return bounded(
    roundedQuotient(unscale(left, 9) * 10n ** 9n, divisor),
    `${dropZeros(left)} / ${dropZeros(right)}`,
  );
}

function multiplyNumeric(left: string, right: string): string {
  const product = roundedQuotient(unscale(left, 9) * unscale(right, 9), 10n ** 9n);
  return bounded(product, `${dropZeros(left)} * ${dropZeros(right)}`);
}

function shifted(value: bigint, places: bigint, direction: 'left' | 'right'): bigint {
  if (places < 0n) throw new Error('Bitwise shift by negative value');
  if (places >= 64n) return 0n;
  const unsigned = BigInt.asUintN(64, value);
  return BigInt.asIntN(64, direction === 'left' ? unsigned << places : unsigned >> places);
}

export const numberNatives: readonly Native[] = [
  native('float_text', ['DOUBLE'], 'VARCHAR', floatText),
  native('parse_int64', ['VARCHAR'], 'BIGINT', parseInt64),
  native('parse_float64', ['VARCHAR'], 'DOUBLE', parseFloat64),
  native('parse_numeric', ['VARCHAR'], 'VARCHAR', (text) => parseDecimal(text, 9, 'NUMERIC')),
  native('parse_bignumeric', ['VARCHAR'], 'VARCHAR', exactBigNumeric),
  native('parse_bool', ['VARCHAR'], 'BOOLEAN', (text) => {
    const lower = text.toLowerCase();
    if (lower !== 'true' && lower !== 'false') throw new Error(`Bad bool value: ${text}`);
    return lower === 'true';
  }),
  native('divide_numeric', ['VARCHAR', 'VARCHAR'], 'VARCHAR', divideNumeric),
  native('multiply_numeric', ['VARCHAR', 'VARCHAR'], 'VARCHAR', multiplyNumeric),
  native('decimal_text', ['VARCHAR'], 'VARCHAR', dropZeros),
  native('scale_numeric', ['VARCHAR', 'BIGINT', 'VARCHAR'], 'VARCHAR', scaleNumeric),
  native('shift_left', ['BIGINT', 'BIGINT'], 'BIGINT', (value, places) => shifted(value, places, 'left')),
  native('shift_right', ['BIGINT', 'BIGINT'], 'BIGINT', (value, places) => shifted(value, places, 'right')),
  native('array_index', ['BIGINT', 'BIGINT', 'BIGINT'], 'BIGINT', (index, base, length) => {
    const position = index - base;
    if (position < 0n || position >= length) throw new Error(`Array index ${index} is out of bounds`);
    return position + 1n;
  }),
  // Volatile, so that DuckDB does not evaluate a constant message while it plans; TRY takes none of these.
  native('raise_integer', ['VARCHAR'], 'BIGINT', (message) => fail(message), { volatile: true }),
  native('raise_boolean', ['VARCHAR'], 'BOOLEAN', (message) => fail(message), { volatile: true }),
  native('fail_text', ['VARCHAR'], 'VARCHAR', (message) => fail(message)),
  native('fail_integer', ['VARCHAR'], 'BIGINT', (message) => fail(message)),
  native('fail_float', ['VARCHAR'], 'DOUBLE', (message) => fail(message)),
  native('fail_boolean', ['VARCHAR'], 'BOOLEAN', (message) => fail(message)),
];

/** The stand-in holds 18 of a BIGNUMERIC's 38 decimal places; the rest is refused, never cut. */
function exactBigNumeric(text: string): string {
  const exact = parseDecimal(text, 38, 'BIGNUMERIC');
  if (!exact.endsWith('0'.repeat(20)))
    throw new Error('The stand-in does not support BIGNUMERIC values with more than 18 decimal places');
  return exact.slice(0, -20);
}

function fail(message: string): never {
  throw new Error(message);
}

/** ROUND and TRUNC of a NUMERIC to any number of places, also before the point. */
function scaleNumeric(text: string, digits: bigint, mode: string): string {
  const places = Number(digits);
  if (places >= 9) return text;
  const unit = 10n ** BigInt(Math.min(60, 9 - places));
  const value = unscale(text, 9);
  return bounded((mode === 'round' ? roundedQuotient(value, unit) : value / unit) * unit, 'ROUND');
}
