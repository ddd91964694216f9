import type { Json } from '../../call/json.ts';
import { columnOfField } from '../../sql/catalog-resource.ts';
import { columnOfType } from '../../sql/catalog-type.ts';
import type { OutputColumn } from '../../sql/facts.ts';
import { typeOfColumn, typeText } from '../../sql/lineage/type.ts';

/**
 * Whether a field of the answer's schema has the analysed type. Of a value that is computed only arrays, records and the
 * names of their fields are compared: these say which columns it holds, and BigQuery has more rules for numbers.
 */
export function answersType(field: Json, { type, plain }: Pick<OutputColumn, 'type' | 'plain'>): boolean {
  if (type === undefined) return true;
  const answered = typeOfField(field);
  if (answered === undefined) return false;
  return plain ? normal(answered) === normal(type) : outline(answered) === outline(type);
}

/** Of a STRUCT with a name for each field; none where a name is missing. */
export function fieldsOfType(type: string): readonly Pick<OutputColumn, 'name' | 'type' | 'plain'>[] {
  try {
    const { fields = [] } = columnOfType('', type);
    return fields.map((field) => {
      const text = typeText(typeOfColumn(field));
      return { name: field.name, plain: false, ...(text !== undefined && { type: text }) };
    });
  } catch {
    return [];
  }
}

function typeOfField(field: Json): string | undefined {
  try {
    return typeText(typeOfColumn(columnOfField(field, 0)));
  } catch {
    return undefined;
  }
}

/** BigQuery makes up names of fields that have none. */
function normal(type: string): string {
  return type.toLowerCase().replace(/_field_\d+ /g, '');
}

/** With every scalar type the same: a type is the last word before a comma or a bracket. */
function outline(type: string): string {
  return normal(type)
    .replace(/range<[a-z]+>/g, 'range')
    .replace(/[a-z0-9]+(?=[,>]|$)/g, '?');
}
