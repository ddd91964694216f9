import type { JsonObject } from '../../../call/json.ts';
import type { TableField } from '../../stand-in/engine/engine.ts';
import { listAt, objectAt, objectsAt, requiredText, scalarAt, textAt } from '../fields.ts';
import { invalid } from '../rest-error.ts';

/** The fields of a `TableSchema`; absent where the body names none. */
export function readSchema(schema: JsonObject | undefined): readonly TableField[] | undefined {
  if (schema === undefined || listAt(schema, 'fields') === undefined) return undefined;
  return objectsAt(schema, 'fields').map(readField);
}

function readField(field: JsonObject): TableField {
  const fields = objectsAt(field, 'fields').map(readField);
  const element = objectAt(field, 'rangeElementType');
  const names = (listAt(objectAt(field, 'policyTags'), 'names') ?? []).map(String);
  return {
    name: requiredText(field, 'name'),
    type: requiredText(field, 'type').toUpperCase(),
    mode: readMode(textAt(field, 'mode')),
    ...(fields.length === 0 ? {} : { fields }),
    ...(names.length === 0 ? {} : { policyTags: { names } }),
    ...(element === undefined ? {} : { rangeElementType: { type: requiredText(element, 'type') } }),
    ...texts(field),
  };
}

function readMode(text: string | undefined): 'NULLABLE' | 'REQUIRED' | 'REPEATED' {
  const name = text?.toUpperCase() ?? 'NULLABLE';
  if (name === 'NULLABLE' || name === 'REQUIRED' || name === 'REPEATED') return name;
  throw invalid(`Invalid value for mode: ${name} is not a valid value`);
}

const textual = ['description', 'maxLength', 'precision', 'scale', 'defaultValueExpression'] as const;

function texts(field: JsonObject): Partial<Record<(typeof textual)[number], string>> {
  const entries = textual.map((name) => [name, scalarAt(field, name)] as const);
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}
