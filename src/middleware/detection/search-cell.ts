import { isUtf8 } from 'node:buffer';
import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';
import type { ScalarType } from '../masking/masks/index.ts';
import { scalarType } from '../masking/scalar-type.ts';
import type { Field } from './field.ts';
import { searchJson } from './search-json.ts';
import { longestText, searchText, type Searching } from './search-text.ts';

/** Treats the `v` of a cell. Where nothing is found it answers the very value. */
export type CellSearch = (value: Json) => Json;

/** What comes out is of the column's type; where nothing of the type can say what was there it is NULL. */
export function cellSearch(field: Field | undefined, searching: Searching): CellSearch {
  if (field === undefined) return (value) => searchUnknown(value, searching);
  const { isRepeated, fields } = field;
  const single = fields.length > 0 ? recordSearch(fields, searching) : scalarSearch(field, searching);
  if (!isRepeated) return single;
  return (value) =>
    Array.isArray(value)
      ? mapped(value, (cell: Json) => searchCell(cell, single, searching))
      : searchUnknown(value, searching);
}

function recordSearch(fields: readonly Field[], searching: Searching): CellSearch {
  const searches = fields.map((field) => cellSearch(field, searching));
  return (value) => (value === null ? null : searchRecord(value, searches, searching));
}

/** Searches `{ f: [{ v }] }`, a row or a record, cell by cell. What has another form is searched all the same. */
export function searchRecord(value: Json, searches: readonly CellSearch[], searching: Searching): Json {
  const cells = isJsonObject(value) ? value['f'] : undefined;
  if (!isJsonObject(value) || !Array.isArray(cells)) return searchUnknown(value, searching);
  const searched = mapped(cells, (cell: Json, index) => searchCell(cell, searches[index], searching));
  return searched === cells ? value : { ...value, f: searched };
}

function searchCell(cell: Json, search: CellSearch | undefined, searching: Searching): Json {
  const value = isJsonObject(cell) ? cell['v'] : undefined;
  if (value === undefined || search === undefined) return searchUnknown(cell, searching);
  const searched = value === null ? null : search(value);
  return searched === value ? cell : { v: searched };
}

/** Like `map`, but the very list where nothing changes. */
export function mapped<Item>(
  list: readonly Item[],
  change: (item: Item, index: number) => Item,
): readonly Item[] {
  let changed: Item[] | undefined;
  for (let index = 0; index < list.length; index += 1) {
    const item = list[index];
    if (item === undefined) continue;
    const after = change(item, index);
    if (after === item) continue;
    changed ??= [...list];
    changed[index] = after;
  }
  return changed ?? list;
}

type ScalarSearch = (text: string, place: string, searching: Searching) => Json;

/** Types that are not here hold no text that anybody wrote: times, truth values, places. */
const byType: Readonly<Partial<Record<ScalarType, ScalarSearch>>> = {
  STRING: searchText,
  JSON: searchJsonCell,
  BYTES: searchBytes,
  INT64: searchNumber,
  NUMERIC: searchNumber,
  BIGNUMERIC: searchNumber,
  FLOAT64: searchFloat,
  // Also what stands for a type that is not known.
  RANGE: searchOther,
};

function scalarSearch({ type, place }: Field, searching: Searching): CellSearch {
  const search = byType[scalarType(type)];
  if (search === undefined) return (value) => value;
  return (value) =>
    typeof value === 'string' ? search(value, place, searching) : searchUnknown(value, searching, place);
}

/** Without a type NULL is the only value that is certainly valid. */
function searchUnknown(value: Json, searching: Searching, place = ''): Json {
  if (typeof value === 'string' || typeof value === 'number') return searchOther(value, place, searching);
  if (typeof value !== 'object' || value === null) return value;
  if (isJsonObject(value)) return mappedMembers(value, (member) => searchUnknown(member, searching, place));
  return mapped(value, (each) => searchUnknown(each, searching, place));
}

/** Like `mapped`, for the members of an object. */
export function mappedMembers(object: JsonObject, change: (member: Json, name: string) => Json): JsonObject {
  const changed: [string, Json][] = [];
  for (const [name, member] of Object.entries(object)) {
    const after = member === undefined ? undefined : change(member, name);
    if (after !== undefined && after !== member) changed.push([name, after]);
  }
  return changed.length === 0 ? object : { ...object, ...Object.fromEntries(changed) };
}

function searchOther(value: string | number, place: string, searching: Searching): Json {
  const text = String(value);
  return searchText(text, place, searching) === text ? value : null;
}

function searchJsonCell(text: string, place: string, searching: Searching): Json {
  if (text.length > longestText) return searchOther(text, place, searching);
  try {
    return searchJson(text, place, searching);
  } catch {
    return searchOther(text, place, searching);
  }
}

/** A number cannot hold the word for what it was. */
function searchNumber(text: string, place: string, searching: Searching): Json {
  return text.length < shortestNumber ? text : searchOther(text, place, searching);
}

const shortestNumber = 4;

/** `4.111111111111111E15` has the digits of a whole number. */
function searchFloat(text: string, place: string, searching: Searching): Json {
  const number = Number(text);
  const digits = Number.isInteger(number) && Math.abs(number) < 1e19 ? BigInt(number).toString() : text;
  return searchNumber(digits, place, searching) === null ? null : text;
}

/** Bytes that are no UTF-8 are read one by one as characters, and written back the same. */
function searchBytes(base64: string, place: string, searching: Searching): Json {
  if (base64.length > longestText) return searchText(base64, place, searching) === base64 ? base64 : '';
  const bytes = Buffer.from(base64, 'base64');
  const encoding = isUtf8(bytes) ? 'utf8' : 'latin1';
  const text = bytes.toString(encoding);
  const searched = searchText(text, place, searching);
  return searched === text ? base64 : Buffer.from(searched, encoding).toString('base64');
}
