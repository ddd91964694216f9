import { follow, parsePath, withValue, without } from './json-path.ts';
import { normalJson, parseJson, prettyJson, printJson, type JsonNode } from './json-value.ts';
import { native, type Native } from './native.ts';
import { floatText } from './number.ts';

type Style = 'legacy' | 'standard';

/** Text that is not JSON has no values in it. */
function lenient(text: string): JsonNode | undefined {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

function at(text: string, path: string, style: Style): JsonNode | undefined {
  const steps = parsePath(path, style);
  return follow(lenient(text), steps);
}

function scalarText(node: JsonNode | undefined): string | null {
  if (node?.kind === 'string') return node.value;
  if (node?.kind === 'number') return node.text;
  return node?.kind === 'boolean' ? String(node.value) : null;
}

function query(style: Style): (text: string, path: string) => string | null {
  return (text, path) => {
    const node = at(text, path, style);
    return node === undefined ? null : printJson(node);
  };
}

function queryArray(style: Style): (text: string, path: string) => readonly string[] | null {
  return (text, path) => {
    const node = at(text, path, style);
    return node?.kind === 'array' ? node.items.map(printJson) : null;
  };
}

function valueArray(style: Style): (text: string, path: string) => readonly (string | null)[] | null {
  return (text, path) => {
    const node = at(text, path, style);
    if (node?.kind !== 'array') return null;
    const nested = node.items.some((item) => item.kind === 'array' || item.kind === 'object');
    return nested ? null : node.items.map(scalarText);
  };
}

function jsonType(text: string): string {
  return parseJson(text).kind;
}

function strict(text: string, wanted: JsonNode['kind'], name: string): JsonNode {
  const node = parseJson(text);
  if (node.kind !== wanted) throw new Error(`The provided JSON input is not ${name}`);
  return node;
}

function toInt64(text: string): bigint {
  const node = strict(text, 'number', 'an integer');
  const value = node.kind === 'number' ? Number(node.text) : Number.NaN;
  if (!Number.isInteger(value))
    throw new Error(`The provided JSON number: ${text} cannot be converted to an integer`);
  return BigInt(/^-?[0-9]+$/.test(text) ? text : value);
}

function laxInt64(text: string): bigint | null {
  const node = parseJson(text);
  if (node.kind === 'boolean') return node.value ? 1n : 0n;
  const digits = scalarText(node);
  if (digits === null || !Number.isFinite(Number(digits)) || digits.trim() === '') return null;
  if (/^[+-]?[0-9]+$/.test(digits)) return BigInt(digits);
  const value = Number(digits);
  return BigInt(Math.sign(value) * Math.round(Math.abs(value)));
}

function laxFloat64(text: string): number | null {
  const node = parseJson(text);
  if (node.kind === 'boolean') return null;
  const digits = scalarText(node);
  return digits === null || digits.trim() === '' || Number.isNaN(Number(digits)) ? null : Number(digits);
}

function laxBool(text: string): boolean | null {
  const node = parseJson(text);
  if (node.kind === 'boolean') return node.value;
  if (node.kind === 'number') return Number(node.text) !== 0;
  const lower = scalarText(node)?.toLowerCase();
  return lower === 'true' ? true : lower === 'false' ? false : null;
}

function laxString(text: string): string | null {
  const node = parseJson(text);
  if (node.kind === 'number' && !/^-?[0-9]+$/.test(node.text)) return floatText(Number(node.text));
  return scalarText(node);
}

function keys(node: JsonNode, prefix: string): string[] {
  if (node.kind === 'array') return node.items.flatMap((item) => keys(item, prefix));
  if (node.kind !== 'object') return [];
  return [...node.members].flatMap(([key, value]) => [`${prefix}${key}`, ...keys(value, `${prefix}${key}.`)]);
}

function stripNulls(node: JsonNode): JsonNode {
  if (node.kind === 'array')
    return { kind: 'array', items: node.items.map(stripNulls).filter((item) => item.kind !== 'null') };
  if (node.kind !== 'object') return node;
  const kept = [...node.members].flatMap(([key, value]) =>
    value.kind === 'null' ? [] : [[key, stripNulls(value)] as const],
  );
  return { kind: 'object', members: new Map(kept) };
}

function normal(text: string, mode: string): string {
  return printJson(normalJson(parseJson(text), mode === 'round'));
}

function changed(text: string, change: (node: JsonNode) => JsonNode): string {
  return normal(printJson(change(parseJson(text))), 'exact');
}

export const jsonNatives: readonly Native[] = [
  native('json_normal', ['VARCHAR', 'VARCHAR'], 'VARCHAR', normal),
  native('json_value', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, path) =>
    scalarText(at(text, path, 'standard')),
  ),
  native('json_scalar', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, path) =>
    scalarText(at(text, path, 'legacy')),
  ),
  native('json_query', ['VARCHAR', 'VARCHAR'], 'VARCHAR', query('standard')),
  native('json_extract', ['VARCHAR', 'VARCHAR'], 'VARCHAR', query('legacy')),
  native('json_query_array', ['VARCHAR', 'VARCHAR'], 'VARCHAR[]', queryArray('standard')),
  native('json_extract_array', ['VARCHAR', 'VARCHAR'], 'VARCHAR[]', queryArray('legacy')),
  native('json_value_array', ['VARCHAR', 'VARCHAR'], 'VARCHAR[]', valueArray('standard')),
  native('json_extract_string_array', ['VARCHAR', 'VARCHAR'], 'VARCHAR[]', valueArray('legacy')),
  native('json_member', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, key) => {
    const node = follow(parseJson(text), [{ key }]);
    return node === undefined ? null : printJson(node);
  }),
  native('json_item', ['VARCHAR', 'BIGINT'], 'VARCHAR', (text, index) => {
    const node = follow(parseJson(text), [{ index: Number(index) }]);
    return node === undefined ? null : printJson(node);
  }),
  native('json_type', ['VARCHAR'], 'VARCHAR', jsonType),
  native('json_pretty', ['VARCHAR'], 'VARCHAR', (text) => prettyJson(parseJson(text))),
  native('json_keys', ['VARCHAR'], 'VARCHAR[]', (text) => [...new Set(keys(parseJson(text), ''))].toSorted()),
  native('json_strip_nulls', ['VARCHAR'], 'VARCHAR', (text) => printJson(stripNulls(parseJson(text)))),
  native('json_set', ['VARCHAR', 'VARCHAR', 'VARCHAR'], 'VARCHAR', (text, path, value) =>
    changed(text, (node) => withValue(node, parsePath(path, 'standard'), parseJson(value))),
  ),
  native('json_remove', ['VARCHAR', 'VARCHAR'], 'VARCHAR', (text, path) =>
    changed(text, (node) => without(node, parsePath(path, 'standard'))),
  ),
  native('json_to_string', ['VARCHAR'], 'VARCHAR', (text) => scalarText(strict(text, 'string', 'a string'))),
  native('json_to_int64', ['VARCHAR'], 'BIGINT', toInt64),
  native('json_to_float64', ['VARCHAR'], 'DOUBLE', (text) => {
    strict(text, 'number', 'a number');
    return Number(text);
  }),
  native('json_to_bool', ['VARCHAR'], 'BOOLEAN', (text) => {
    const node = strict(text, 'boolean', 'a boolean');
    return node.kind === 'boolean' && node.value;
  }),
  native('lax_int64', ['VARCHAR'], 'BIGINT', laxInt64),
  native('lax_float64', ['VARCHAR'], 'DOUBLE', laxFloat64),
  native('lax_bool', ['VARCHAR'], 'BOOLEAN', laxBool),
  native('lax_string', ['VARCHAR'], 'VARCHAR', laxString),
  native('json_text', ['VARCHAR'], 'VARCHAR', (text) => JSON.stringify(text)),
  native('json_float', ['DOUBLE'], 'VARCHAR', jsonFloat),
  native('json_decimal', ['VARCHAR'], 'VARCHAR', (text) => jsonDecimal(text)),
  native('json_integer', ['BIGINT'], 'VARCHAR', (value) =>
    value > 2n ** 53n || value < -(2n ** 53n) ? `"${value}"` : String(value),
  ),
];

function jsonFloat(value: number): string {
  if (Number.isNaN(value)) return '"NaN"';
  if (!Number.isFinite(value)) return value > 0 ? '"Infinity"' : '"-Infinity"';
  return floatText(value);
}

function jsonDecimal(text: string): string {
  const fraction = text.includes('.');
  const value = fraction ? 0n : BigInt(text);
  return fraction || value > 2n ** 53n || value < -(2n ** 53n) ? `"${text}"` : text;
}
