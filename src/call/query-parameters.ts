import { isJsonObject } from './json.ts';

/** Query parameters as a call carries them; one that stands there several times is a list. */
export type QueryParameters = Readonly<Record<string, string | readonly string[]>>;

/** The official client takes these out itself, further down. */
const local = new Set(['autoPaginate', 'autoPaginateVal']);

/** Joins the parameters that stand in an address with those of the client's `qs` object. */
export function readQuery(search: string, object: unknown): QueryParameters {
  const found = new Map<string, string[]>();
  for (const [name, value] of [...new URLSearchParams(search), ...pairs(object)]) {
    found.set(name, [...(found.get(name) ?? []), value]);
  }
  return Object.fromEntries([...found].map(([name, values]) => [name, single(values)]));
}

function single(values: readonly string[]): string | readonly string[] {
  return values.length === 1 ? (values[0] ?? '') : values;
}

/** As `querystring.stringify` reads an object, which is what goes on the wire. */
function pairs(object: unknown): readonly [string, string][] {
  if (!isJsonObject(object)) return [];
  const members: readonly [string, unknown][] = Object.entries(object);
  return members
    .filter(([name, value]) => value !== undefined && !local.has(name))
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one): [string, string] => [name, primitive(one)]),
    );
}

function primitive(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  return typeof value === 'number' && Number.isFinite(value) ? String(value) : '';
}
