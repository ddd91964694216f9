import { native, type Native } from './native.ts';
import { dropZeros } from './number.ts';

const specifier = /%([-+ 0#']*)(\*|[0-9]+)?(?:\.(\*|[0-9]+))?([a-zA-Z%])/g;

/** One argument of FORMAT: its type, and its text as %t and as %T have it. */
interface Argument {
  readonly type: string;
  readonly text: string | null;
  readonly literal: string;
}

interface Field {
  readonly flags: string;
  readonly width: number | undefined;
  readonly precision: number | undefined;
  readonly kind: string;
}

function grouped(digits: string): string {
  const [whole = '', fraction] = digits.split('.');
  const withCommas = whole.replaceAll(/\B(?=([0-9]{3})+(?![0-9]))/g, ',');
  return fraction === undefined ? withCommas : `${withCommas}.${fraction}`;
}

function signed(field: Field, negative: boolean, digits: string): string {
  const sign = negative ? '-' : field.flags.includes('+') ? '+' : field.flags.includes(' ') ? ' ' : '';
  const body = field.flags.includes("'") ? grouped(digits) : digits;
  const width = field.width ?? 0;
  if (!field.flags.includes('0') || field.flags.includes('-')) return padded(field, sign + body);
  return sign + body.padStart(width - sign.length, '0');
}

function padded(field: Field, text: string): string {
  const missing = (field.width ?? 0) - Array.from(text).length;
  if (missing <= 0) return text;
  return field.flags.includes('-') ? text + ' '.repeat(missing) : ' '.repeat(missing) + text;
}

function integerText(field: Field, argument: Argument, text: string): string {
  if (argument.type !== 'INT64') throw invalid(field, argument);
  const value = BigInt(text);
  const size = value < 0n ? -value : value;
  const digits = size.toString({ d: 10, i: 10, u: 10, x: 16, X: 16, o: 8 }[field.kind] ?? 10);
  const prefix = field.flags.includes('#') && /[xX]/.test(field.kind) ? '0x' : '';
  const body = prefix + digits.padStart(field.precision ?? 0, '0');
  return signed(field, value < 0n, field.kind === 'X' ? body.toUpperCase() : body);
}

function floatText(field: Field, argument: Argument, text: string): string {
  if (!['FLOAT64', 'NUMERIC', 'BIGNUMERIC'].includes(argument.type)) throw invalid(field, argument);
  const value = Number(text);
  if (!Number.isFinite(value)) return padded(field, text.replace('-', value < 0 ? '-' : ''));
  const negative = text.startsWith('-');
  return signed(field, negative, magnitude(field, argument, text.replace('-', ''), Math.abs(value)));
}

function magnitude(field: Field, argument: Argument, text: string, value: number): string {
  const precision = field.precision ?? 6;
  if (/[fF]/.test(field.kind))
    return argument.type === 'FLOAT64' ? fixedFloat(value, precision) : fixedDecimal(text, precision);
  if (/[eE]/.test(field.kind)) return exponential(value.toExponential(precision), field.kind === 'E');
  const digits = precision === 0 ? 1 : precision;
  const exponent = Number(value.toExponential(digits - 1).split('e')[1]);
  if (exponent < -4 || exponent >= digits) {
    const [mantissa = '', power = '+0'] = value.toExponential(digits - 1).split('e');
    return exponential(`${dropZeros(mantissa)}e${power}`, field.kind === 'G');
  }
  return dropZeros(value.toFixed(Math.max(0, digits - 1 - exponent)));
}

/** A tie goes to the even digit, as in C; `toFixed` takes the larger. */
function fixedFloat(value: number, precision: number): string {
  const text = value.toFixed(precision);
  const exact = value.toFixed(Math.min(100, precision + 60)).slice(text.length);
  const isTie = /^\.?50*$/.test(exact) && value < 1e21;
  if (!isTie || !/[13579]$/.test(text)) return text;
  const below = BigInt(text.replace('.', '')) - 1n;
  const digits = below.toString().padStart(precision + 1, '0');
  return precision === 0 ? digits : `${digits.slice(0, -precision)}.${digits.slice(-precision)}`;
}

/** Exact, unlike a detour over a double. */
function fixedDecimal(text: string, precision: number): string {
  const [whole = '0', fraction = ''] = text.split('.');
  const kept = BigInt(whole + fraction.slice(0, precision).padEnd(precision, '0'));
  const rounded = (kept + (Number(fraction[precision] ?? '0') >= 5 ? 1n : 0n))
    .toString()
    .padStart(precision + 1, '0');
  return precision === 0 ? rounded : `${rounded.slice(0, -precision)}.${rounded.slice(-precision)}`;
}

function exponential(text: string, upper: boolean): string {
  const out = text.replace(/e([+-])([0-9])$/, 'e$10$2');
  return upper ? out.toUpperCase() : out;
}

function invalid(field: Field, argument: Argument): Error {
  return new Error(
    `Invalid type for argument in FORMAT; Expected a type for %${field.kind}; Got ${argument.type}`,
  );
}

function formatted(field: Field, argument: Argument): string {
  const { kind } = field;
  if (kind === 'T') return padded(field, argument.literal);
  if (kind === 't') return padded(field, argument.text ?? 'NULL');
  if (argument.text === null) return padded(field, 'NULL');
  if (/[diuxXo]/.test(kind)) return integerText(field, argument, argument.text);
  if (/[fFeEgG]/.test(kind)) return floatText(field, argument, argument.text);
  if (kind === 's' && (argument.type === 'STRING' || argument.type === 'JSON')) {
    const { precision } = field;
    return padded(
      field,
      precision === undefined ? argument.text : Array.from(argument.text).slice(0, precision).join(''),
    );
  }
  if (kind === 's') throw invalid(field, argument);
  throw new Error(`The stand-in does not support the FORMAT specifier %${kind}`);
}

function format(
  pattern: string,
  types: readonly string[],
  values: readonly (string | null)[],
  literals: readonly string[],
): string | null {
  let next = 0;
  let missing = false;
  const take = (): Argument => {
    const index = next;
    next += 1;
    if (index >= types.length) throw new Error('Too few arguments to FORMAT for pattern');
    return { type: types[index] ?? '', text: values[index] ?? null, literal: literals[index] ?? '' };
  };
  const number = (text: string | undefined): number | undefined =>
    text === undefined ? undefined : Number(text === '*' ? take().text : text);
  const out = pattern.replaceAll(
    specifier,
    (_, flags: string, width: string, precision: string, kind: string) => {
      if (kind === '%') return '%';
      const field: Field = { flags, width: number(width), precision: number(precision), kind };
      const argument = take();
      missing ||= argument.text === null && !/[tT]/.test(kind);
      return formatted(field, argument);
    },
  );
  if (next < types.length) throw new Error('Too many arguments to FORMAT for pattern');
  return missing ? null : out;
}

const kept = (items: readonly (string | null)[]): string[] => items.map((item) => item ?? '');

export const formatNatives: readonly Native[] = [
  native(
    'format',
    ['VARCHAR', 'VARCHAR[]', 'VARCHAR[]', 'VARCHAR[]'],
    'VARCHAR',
    (pattern, types, values, literals) => format(pattern, kept(types), values, kept(literals)),
  ),
  native('quote', ['VARCHAR'], 'VARCHAR', (text) => {
    const quote = text.includes('"') && !text.includes("'") ? "'" : '"';
    const escaped = text.replaceAll('\\', '\\\\').replaceAll(quote, `\\${quote}`);
    return `${quote}${escaped.replaceAll('\n', '\\n').replaceAll('\t', '\\t').replaceAll('\r', '\\r')}${quote}`;
  }),
  native(
    'quote_bytes',
    ['BLOB'],
    'VARCHAR',
    (value) =>
      `b"${[...value].map((byte) => (byte >= 32 && byte < 127 && byte !== 34 && byte !== 92 ? String.fromCharCode(byte) : `\\x${byte.toString(16).padStart(2, '0')}`)).join('')}"`,
  ),
];
