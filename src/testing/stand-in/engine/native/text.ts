import { native, type Native } from './native.ts';

const space = /[\p{White_Space}]/u;
const defaultDelimiters = ' \n\r\t\v\f[](){}/|<>!?@"^#$&~_,.:;*%+-';

const points = (text: string): string[] => Array.from(text);

/** The characters that TRIM removes: those given, or Unicode white space. */
function trimmed(text: string, characters: string | undefined, ends: 'both' | 'left' | 'right'): string {
  const drop = characters === undefined ? undefined : new Set(points(characters));
  const goes = (point: string): boolean => (drop === undefined ? space.test(point) : drop.has(point));
  const all = points(text);
  const start = ends === 'right' ? 0 : all.findIndex((point) => !goes(point));
  const end = ends === 'left' ? all.length - 1 : all.findLastIndex((point) => !goes(point));
  return start < 0 ? '' : all.slice(start, end + 1).join('');
}

function initcap(text: string, delimiters: string): string {
  const set = new Set(points(delimiters));
  let first = true;
  return points(text)
    .map((point) => {
      const out = set.has(point) ? point : first ? point.toUpperCase() : point.toLowerCase();
      first = set.has(point);
      return out;
    })
    .join('');
}

function pad(text: string, length: bigint, pattern: string, side: 'left' | 'right'): string {
  if (length < 0n)
    throw new Error(`Output length for ${side === 'left' ? 'LPAD' : 'RPAD'} cannot be negative`);
  if (pattern === '') throw new Error('Pattern cannot be empty');
  const all = points(text);
  const missing = Number(length) - all.length;
  if (missing <= 0) return all.slice(0, Number(length)).join('');
  const unit = points(pattern);
  const fill = Array.from({ length: missing }, (_, index) => unit[index % unit.length]).join('');
  return side === 'left' ? fill + text : text + fill;
}

function substring(text: string, position: bigint, length: bigint | undefined): string {
  if (length !== undefined && length < 0n) throw new Error('Third argument in SUBSTR() cannot be negative');
  const all = points(text);
  const start = substringStart(Number(position), all.length);
  return all.slice(start, length === undefined ? undefined : start + Number(length)).join('');
}

/** 0 counts as 1; further left than the text begins counts as its beginning. */
export function substringStart(position: number, length: number): number {
  if (position > 0) return position - 1;
  return position === 0 ? 0 : Math.max(0, length + position);
}

function instr(text: string, part: string, position: bigint, occurrence: bigint): bigint {
  if (position === 0n) throw new Error('Third argument in INSTR() must not be 0');
  if (occurrence < 1n) throw new Error('Fourth argument in INSTR() must be positive');
  const all = points(text);
  const wanted = points(part);
  const last = all.length - wanted.length;
  const step = position > 0n ? 1 : -1;
  let left = Number(occurrence);
  for (
    let at = position > 0n ? Number(position) - 1 : all.length + Number(position);
    at >= 0 && at < all.length;
    at += step
  ) {
    if (at > last || !wanted.every((point, index) => all[at + index] === point)) continue;
    left -= 1;
    if (left === 0) return BigInt(at + 1);
  }
  return 0n;
}

function split(text: string, delimiter: string): string[] {
  return delimiter === '' ? points(text) : text.split(delimiter);
}

function translate(text: string, from: string, to: string): string {
  const targets = points(to);
  const table = new Map<string, string>();
  for (const [index, point] of points(from).entries()) {
    if (table.has(point)) throw new Error('Duplicate character in TRANSLATE source characters');
    table.set(point, targets[index] ?? '');
  }
  return points(text)
    .map((point) => table.get(point) ?? point)
    .join('');
}

const soundexCodes: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({ BFPV: '1', CGJKQSXZ: '2', DT: '3', L: '4', MN: '5', R: '6' }).flatMap(([letters, code]) =>
    points(letters).map((letter) => [letter, code]),
  ),
);

function soundex(text: string): string {
  const letters = points(text.toUpperCase()).filter((letter) => /[A-Z]/.test(letter));
  let out = letters[0] ?? '';
  let last = soundexCodes[out];
  for (const letter of letters.slice(1)) {
    const code = soundexCodes[letter];
    if (code !== undefined && code !== last) out += code;
    if (letter !== 'H' && letter !== 'W') last = code;
    if (out.length === 4) break;
  }
  return out === '' ? '' : out.padEnd(4, '0');
}

function codePoint(value: bigint | null): string {
  if (value === null) return '';
  if (value < 0n || value > 0x10ffffn) throw new Error(`Invalid codepoint ${value}`);
  return String.fromCodePoint(Number(value));
}

function normalForm(text: string, mode: string): string {
  if (!['NFC', 'NFD', 'NFKC', 'NFKD'].includes(mode)) throw new Error(`Invalid normalization mode: ${mode}`);
  return text.normalize(mode);
}

function editDistance(left: string, right: string): bigint {
  const target = points(right);
  let row = Array.from({ length: target.length + 1 }, (_, index) => index);
  for (const [index, point] of points(left).entries()) {
    const next = [index + 1];
    for (const [column, other] of target.entries()) {
      const replaced = (row[column] ?? 0) + (point === other ? 0 : 1);
      next.push(Math.min((row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1, replaced));
    }
    row = next;
  }
  return BigInt(row.at(-1) ?? 0);
}

export const textNatives: readonly Native[] = [
  native('trim', ['VARCHAR'], 'VARCHAR', (text) => trimmed(text, undefined, 'both')),
  native('ltrim', ['VARCHAR'], 'VARCHAR', (text) => trimmed(text, undefined, 'left')),
  native('rtrim', ['VARCHAR'], 'VARCHAR', (text) => trimmed(text, undefined, 'right')),
  native('trim_set', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, set) => trimmed(text, set, 'both')),
  native('ltrim_set', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, set) => trimmed(text, set, 'left')),
  native('rtrim_set', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, set) => trimmed(text, set, 'right')),
  native('initcap', ['VARCHAR'], 'VARCHAR', (text) => initcap(text, defaultDelimiters)),
  native('initcap_set', ['VARCHAR', 'VARCHAR'], 'VARCHAR', initcap),
  native('lpad', ['VARCHAR', 'BIGINT', 'VARCHAR'], 'VARCHAR', (text, length, by) =>
    pad(text, length, by, 'left'),
  ),
  native('rpad', ['VARCHAR', 'BIGINT', 'VARCHAR'], 'VARCHAR', (text, length, by) =>
    pad(text, length, by, 'right'),
  ),
  native('substr_from', ['VARCHAR', 'BIGINT'], 'VARCHAR', (text, from) => substring(text, from, undefined)),
  native('substr', ['VARCHAR', 'BIGINT', 'BIGINT'], 'VARCHAR', substring),
  native('left', ['VARCHAR', 'BIGINT'], 'VARCHAR', (text, length) => {
    if (length < 0n) throw new Error('Second argument in LEFT() cannot be negative');
    return points(text).slice(0, Number(length)).join('');
  }),
  native('right', ['VARCHAR', 'BIGINT'], 'VARCHAR', (text, length) => {
    if (length < 0n) throw new Error('Second argument in RIGHT() cannot be negative');
    return length === 0n ? '' : points(text).slice(-Number(length)).join('');
  }),
  native('repeat', ['VARCHAR', 'BIGINT'], 'VARCHAR', (text, count) => {
    if (count < 0n) throw new Error('Second argument in REPEAT() cannot be negative');
    return text.repeat(Number(count));
  }),
  native('reverse', ['VARCHAR'], 'VARCHAR', (text) => points(text).toReversed().join('')),
  native('instr', ['VARCHAR', 'VARCHAR', 'BIGINT', 'BIGINT'], 'BIGINT', instr),
  native('split', ['VARCHAR', 'VARCHAR'], 'VARCHAR[]', split),
  native('replace', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', (text, from, to) =>
    from === '' ? text : text.replaceAll(from, () => to),
  ),
  native('translate', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', translate),
  native('soundex', ['VARCHAR'], 'VARCHAR', soundex),
  native('normalize', ['VARCHAR', 'VARCHAR'], 'VARCHAR', normalForm),
  native('normalize_casefold', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, mode) =>
    normalForm(normalForm(text, mode).toLowerCase(), mode),
  ),
  native('to_code_points', ['VARCHAR'], 'BIGINT[]', (text) =>
    points(text).map((point) => BigInt(point.codePointAt(0) ?? 0)),
  ),
  native('from_code_points', ['BIGINT[]'], 'VARCHAR', (codes) =>
    codes.includes(null) ? null : codes.map(codePoint).join(''),
  ),
  native('chr', ['BIGINT'], 'VARCHAR', (code) => (code === 0n ? '' : codePoint(code))),
  native('unicode', ['VARCHAR'], 'BIGINT', (text) => BigInt(text.codePointAt(0) ?? 0)),
  native('ascii', ['VARCHAR'], 'BIGINT', (text) => {
    const code = text.codePointAt(0) ?? 0;
    if (code > 127) throw new Error('Non-ASCII character in ASCII()');
    return BigInt(code);
  }),
  native('edit_distance', ['VARCHAR', 'VARCHAR'], 'BIGINT', editDistance),
  native('text_length_check', ['VARCHAR', 'BIGINT', 'BIGINT'], 'VARCHAR', (text, length, maximum) => {
    if (length > maximum)
      throw new Error(`Value has length ${length} which exceeds the maximum length ${maximum}`);
    return text;
  }),
];
