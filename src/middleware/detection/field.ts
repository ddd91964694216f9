import { isJsonObject, type Json } from '../../call/json.ts';
import type { CatalogColumn } from '../../sql/catalog.ts';

/** A column or field, as the schema of an answer or the catalog has it. */
export interface Field {
  /** Its path, as words in lower case. */
  readonly place: string;
  readonly type: string;
  readonly isRepeated: boolean;
  /** Of a record. */
  readonly fields: readonly Field[];
}

export function fieldsOfCatalog(columns: readonly CatalogColumn[], outer = ''): readonly Field[] {
  return columns.map(({ name, type, mode, fields = [] }) => {
    const place = placeOf(outer, name);
    return { place, type, isRepeated: mode === 'REPEATED', fields: fieldsOfCatalog(fields, place) };
  });
}

/** Nothing where the answer has no schema, or one that cannot be read. */
export function fieldsOfAnswer(body: Json): readonly Field[] {
  const schema = isJsonObject(body) ? body['schema'] : undefined;
  return isJsonObject(schema) ? fieldsOfSchema(schema['fields'], '') : [];
}

function fieldsOfSchema(fields: Json | undefined, outer: string): readonly Field[] {
  if (!Array.isArray(fields)) return [];
  return fields.map((field: Json) => {
    const { name, type, mode, fields: inner } = isJsonObject(field) ? field : {};
    const place = placeOf(outer, typeof name === 'string' ? name : '');
    return {
      place,
      type: typeof type === 'string' ? type : '',
      isRepeated: mode === 'REPEATED',
      fields: fieldsOfSchema(inner, place),
    };
  });
}

/** Names are words for those that look at what a column is called. */
function placeOf(outer: string, name: string): string {
  return `${outer} ${name}`.trim().toLowerCase().replaceAll('_', ' ');
}
