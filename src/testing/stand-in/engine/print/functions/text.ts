import { isScalar, string } from '../../type/sql-type.ts';
import { coerce } from '../coerce.ts';
import { textOf } from '../cast.ts';
import { literalForFormat, textForFormat } from './format-text.ts';
import {
  mismatch,
  one,
  overloads,
  printArguments,
  signature,
  type FunctionTable,
  type Handler,
} from './signature.ts';

const length = overloads(
  signature('STRING -> INT64', (value) => `length(${value})`),
  signature('BYTES -> INT64', (value) => `bq_bytes_length(${value})`),
);

const byteLength = overloads(
  signature('STRING -> INT64', (value) => `bq_bytes_length(encode(${value}))`),
  signature('BYTES -> INT64', (value) => `bq_bytes_length(${value})`),
);

const substring = overloads(
  signature('STRING, INT64 -> STRING', (text, from) => `bq_substr_from(${text}, ${from})`),
  signature('STRING, INT64, INT64 -> STRING', (text, from, size) => `bq_substr(${text}, ${from}, ${size})`),
  signature(
    'BYTES, INT64 -> BYTES',
    (text, from) => `bq_sub_bytes(${text}, ${from}, 9007199254740991::BIGINT)`,
  ),
  signature('BYTES, INT64, INT64 -> BYTES', (text, from, size) => `bq_sub_bytes(${text}, ${from}, ${size})`),
);

const trim = (name: string): Handler =>
  overloads(
    signature('STRING -> STRING', (text) => `bq_${name}(${text})`),
    signature('STRING, STRING -> STRING', (text, set) => `bq_${name}_set(${text}, ${set})`),
  );

const pad = (name: string): Handler =>
  overloads(
    signature('STRING, INT64 -> STRING', (text, size) => `bq_${name}(${text}, ${size}, ' ')`),
    signature(
      'STRING, INT64, STRING -> STRING',
      (text, size, fill) => `bq_${name}(${text}, ${size}, ${fill})`,
    ),
  );

/** CONCAT takes anything that casts to STRING; one NULL makes all NULL. */
const concat: Handler = (call, scope) => {
  const values = printArguments(call, scope);
  if (
    values.length > 0 &&
    values.every((value) => isScalar(value.type, 'BYTES') || value.type.kind === 'null') &&
    values.some((value) => isScalar(value.type, 'BYTES'))
  ) {
    return {
      sql: `(${values.map((value) => coerce(value, { kind: 'scalar', name: 'BYTES' })?.sql).join(' || ')})`,
      type: { kind: 'scalar', name: 'BYTES' },
    };
  }
  const texts = values.map((value) => (value.type.kind === 'null' ? 'CAST(NULL AS VARCHAR)' : textOf(value)));
  if (
    texts.length === 0 ||
    texts.includes(undefined) ||
    values.some((value) => isScalar(value.type, 'BYTES'))
  ) {
    throw mismatch(call, values, scope);
  }
  return { sql: `(${texts.join(' || ')})`, type: string };
};

const list = (items: readonly string[]): string => `CAST([${items.join(', ')}] AS VARCHAR[])`;

const format: Handler = (call, scope) => {
  const [pattern, ...values] = printArguments(call, scope);
  const text = pattern && coerce(pattern, string);
  if (text === undefined) throw mismatch(call, pattern === undefined ? values : [pattern, ...values], scope);
  const types = values.map(
    (value) =>
      `'${value.type.kind === 'scalar' ? value.type.name : value.type.kind === 'null' ? 'INT64' : value.type.kind}'`,
  );
  const texts = values.map((value) => textForFormat(value));
  const literals = values.map((value) => `COALESCE(${literalForFormat(value)}, 'NULL')`);
  return { sql: `bq_format(${text.sql}, ${list(types)}, ${list(texts)}, ${list(literals)})`, type: string };
};

export const textFunctions: FunctionTable = {
  LENGTH: length,
  CHAR_LENGTH: one('STRING -> INT64', (text) => `length(${text})`),
  CHARACTER_LENGTH: one('STRING -> INT64', (text) => `length(${text})`),
  BYTE_LENGTH: byteLength,
  OCTET_LENGTH: byteLength,
  UPPER: one('STRING -> STRING', (text) => `upper(${text})`),
  LOWER: one('STRING -> STRING', (text) => `lower(${text})`),
  INITCAP: overloads(
    signature('STRING -> STRING', (text) => `bq_initcap(${text})`),
    signature('STRING, STRING -> STRING', (text, set) => `bq_initcap_set(${text}, ${set})`),
  ),
  SUBSTR: substring,
  SUBSTRING: substring,
  LEFT: overloads(
    signature('STRING, INT64 -> STRING', (text, size) => `bq_left(${text}, ${size})`),
    signature('BYTES, INT64 -> BYTES', (value, size) => `bq_sub_bytes(${value}, 1::BIGINT, ${size})`),
  ),
  RIGHT: one('STRING, INT64 -> STRING', (text, size) => `bq_right(${text}, ${size})`),
  TRIM: trim('trim'),
  LTRIM: trim('ltrim'),
  RTRIM: trim('rtrim'),
  LPAD: pad('lpad'),
  RPAD: pad('rpad'),
  REPEAT: one('STRING, INT64 -> STRING', (text, count) => `bq_repeat(${text}, ${count})`),
  REVERSE: overloads(
    signature('STRING -> STRING', (text) => `bq_reverse(${text})`),
    signature('BYTES -> BYTES', (value) => `bq_reverse_bytes(${value})`),
  ),
  REPLACE: one('STRING, STRING, STRING -> STRING', (text, from, to) => `bq_replace(${text}, ${from}, ${to})`),
  TRANSLATE: one(
    'STRING, STRING, STRING -> STRING',
    (text, from, to) => `bq_translate(${text}, ${from}, ${to})`,
  ),
  STARTS_WITH: one('STRING, STRING -> BOOL', (text, part) => `starts_with(${text}, ${part})`),
  ENDS_WITH: one('STRING, STRING -> BOOL', (text, part) => `ends_with(${text}, ${part})`),
  STRPOS: one('STRING, STRING -> INT64', (text, part) => `strpos(${text}, ${part})`),
  INSTR: overloads(
    signature('STRING, STRING -> INT64', (text, part) => `bq_instr(${text}, ${part}, 1::BIGINT, 1::BIGINT)`),
    signature(
      'STRING, STRING, INT64 -> INT64',
      (text, part, from) => `bq_instr(${text}, ${part}, ${from}, 1::BIGINT)`,
    ),
    signature(
      'STRING, STRING, INT64, INT64 -> INT64',
      (text, part, from, nth) => `bq_instr(${text}, ${part}, ${from}, ${nth})`,
    ),
  ),
  SPLIT: overloads(
    signature('STRING -> ARRAY<STRING>', (text) => `bq_split(${text}, ',')`),
    signature('STRING, STRING -> ARRAY<STRING>', (text, by) => `bq_split(${text}, ${by})`),
  ),
  CONCAT: concat,
  CONTAINS_SUBSTR: one(
    'STRING, STRING -> BOOL',
    (text, part) =>
      `contains(bq_normalize_casefold(${text}, 'NFKC'), bq_normalize_casefold(${part}, 'NFKC'))`,
  ),
  FORMAT: format,
  SOUNDEX: one('STRING -> STRING', (text) => `bq_soundex(${text})`),
  NORMALIZE: one('STRING -> STRING', (text) => `bq_normalize(${text}, 'NFC')`),
  NORMALIZE_AND_CASEFOLD: one('STRING -> STRING', (text) => `bq_normalize_casefold(${text}, 'NFC')`),
  EDIT_DISTANCE: one('STRING, STRING -> INT64', (left, right) => `bq_edit_distance(${left}, ${right})`),
  TO_CODE_POINTS: overloads(
    signature('STRING -> ARRAY<INT64>', (text) => `bq_to_code_points(${text})`),
    signature('BYTES -> ARRAY<INT64>', (value) => `bq_bytes_code_points(${value})`),
  ),
  CODE_POINTS_TO_STRING: one('ARRAY<INT64> -> STRING', (codes) => `bq_from_code_points(${codes})`),
  CODE_POINTS_TO_BYTES: one('ARRAY<INT64> -> BYTES', (codes) => `bq_code_points_bytes(${codes})`),
  CHR: one('INT64 -> STRING', (code) => `bq_chr(${code})`),
  ASCII: one('STRING -> INT64', (text) => `bq_ascii(${text})`),
  UNICODE: one('STRING -> INT64', (text) => `bq_unicode(${text})`),
  TO_HEX: one('BYTES -> STRING', (value) => `bq_to_hex(${value})`),
  FROM_HEX: one('STRING -> BYTES', (text) => `bq_from_hex(${text})`),
  TO_BASE64: one('BYTES -> STRING', (value) => `bq_to_base64(${value})`),
  FROM_BASE64: one('STRING -> BYTES', (text) => `bq_from_base64(${text})`),
  TO_BASE32: one('BYTES -> STRING', (value) => `bq_to_base32(${value})`),
  SAFE_CONVERT_BYTES_TO_STRING: one('BYTES -> STRING', (value) => `bq_decode_lenient(${value})`),
  MD5: hash('md5'),
  SHA1: hash('sha1'),
  SHA256: hash('sha256'),
  SHA512: hash('sha512'),
  FARM_FINGERPRINT: overloads(
    signature('STRING -> INT64', (text) => `bq_farm_fingerprint(encode(${text}))`),
    signature('BYTES -> INT64', (value) => `bq_farm_fingerprint(${value})`),
  ),
};

function hash(name: string): Handler {
  return overloads(
    signature('STRING -> BYTES', (text) => `bq_${name}(encode(${text}))`),
    signature('BYTES -> BYTES', (value) => `bq_${name}(${value})`),
  );
}
