import { isJsonObject, type Json, type JsonObject } from '../../../call/json.ts';
import { only } from './described.ts';

/** By path in lower case, joined with dots: the mask through which the principal sees the column. */
export type ColumnMarks = ReadonlyMap<string, string>;

const shown = [
  'name',
  'type',
  'mode',
  'description',
  'maxLength',
  'precision',
  'scale',
  'timestampPrecision',
  'collation',
  'roundingMode',
  'rangeElementType',
  'policyTags',
];

/** The columns that may be known, without default values and expressions; masked ones say so in their description. */
export function revealSchema(
  schema: Json | undefined,
  hidden: ReadonlySet<string>,
  marks: ColumnMarks,
): JsonObject {
  const fields = isJsonObject(schema) ? schema['fields'] : undefined;
  return { fields: revealFields(fields, [], hidden, marks) };
}

function revealFields(
  fields: Json | undefined,
  parents: readonly string[],
  hidden: ReadonlySet<string>,
  marks: ColumnMarks,
): readonly JsonObject[] {
  return (Array.isArray(fields) ? fields : []).flatMap((field: Json): readonly JsonObject[] => {
    const name = isJsonObject(field) ? field['name'] : undefined;
    if (!isJsonObject(field) || typeof name !== 'string') return [];
    const path = [...parents, name];
    const key = path.join('.').toLowerCase();
    if (hidden.has(key)) return [];
    const kept = withMark(only(field, shown), marks.get(key));
    if (field['fields'] === undefined) return [kept];
    const inner = revealFields(field['fields'], path, hidden, marks);
    return inner.length === 0 ? [] : [{ ...kept, fields: inner }];
  });
}

function withMark(field: JsonObject, mask: string | undefined): JsonObject {
  if (mask === undefined) return field;
  const { description } = field;
  const words = typeof description === 'string' && description !== '' ? `${description} ` : '';
  return { ...field, description: `${words}[masked: ${mask}]` };
}
