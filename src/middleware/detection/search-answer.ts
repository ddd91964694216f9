import { GoogleError, isPassedOn, passOn } from '../../call/google-error.ts';
import { isJsonObject, type Json } from '../../call/json.ts';
import type { Field } from './field.ts';
import { cellSearch, mapped, mappedMembers, searchRecord } from './search-cell.ts';
import { searchText, type Searching } from './search-text.ts';

/** Searches the rows of a page, and messages about errors, which may tell of a value. */
export function searchAnswer(body: Json, fields: readonly Field[], searching: Searching): Json {
  if (!isJsonObject(body)) return body;
  const told = mappedMembers(body, (value, name) =>
    tellOfErrors.has(name) ? searchMessages(value, searching) : value,
  );
  const { rows } = told;
  if (!Array.isArray(rows)) return told;
  const searches = fields.map((field) => cellSearch(field, searching));
  const searched = mapped(rows, (row: Json) => searchRecord(row, searches, searching));
  return searched === rows ? told : { ...told, rows: searched };
}

const tellOfErrors = new Set(['status', 'errors', 'errorResult', 'job', 'jobs']);

function searchMessages(value: Json, searching: Searching): Json {
  if (Array.isArray(value)) return mapped(value, (item: Json) => searchMessages(item, searching));
  if (!isJsonObject(value)) return value;
  return mappedMembers(value, (member, name) =>
    name === 'message' && typeof member === 'string'
      ? searchText(member, '', searching)
      : searchMessages(member, searching),
  );
}

/** BigQuery's own error, without what was found in its messages. */
export function searchError(error: unknown, searching: Searching): unknown {
  if (!(error instanceof GoogleError)) return error;
  const body = searchMessages(error.body, searching);
  if (body === error.body) return error;
  const searched = new GoogleError(error.code, body);
  return isPassedOn(error) ? passOn(searched) : searched;
}
