import { z } from 'zod';
import { catalogFile } from './catalog-file.ts';
import { fixtureFile } from './fixture-file.ts';
import { guardFile } from './schema.ts';

/**
 * The JSON Schema of `guard.yaml`, for editors. It describes what is written, not what is read from it, and it cannot
 * say everything: `bigquery-guard check` also knows whether names fit each other.
 */
export function guardJsonSchema(): z.core.JSONSchema.BaseSchema {
  const { $schema, ...schema } = z.toJSONSchema(guardFile, { io: 'input', override: withStandardFormats });
  // Any of the files that are put together may hold what one of them must.
  const required = ['version'];
  return {
    ...($schema !== undefined && { $schema }),
    title: 'guard.yaml of bigquery-guard',
    ...schema,
    required,
  };
}

/** The JSON Schema of a catalog file, for editors; types of columns are only checked when the file is read. */
export function catalogJsonSchema(): z.core.JSONSchema.BaseSchema {
  const { $schema, ...schema } = z.toJSONSchema(catalogFile, { io: 'input' });
  return { ...($schema !== undefined && { $schema }), title: 'catalog file of bigquery-guard', ...schema };
}

/** The JSON Schema of a fixture file, for editors. */
export function fixtureJsonSchema(): z.core.JSONSchema.BaseSchema {
  const { $schema, ...schema } = z.toJSONSchema(fixtureFile, { io: 'input' });
  return { ...($schema !== undefined && { $schema }), title: 'fixture file of bigquery-guard', ...schema };
}

/** Editors warn of formats that no standard knows; the pattern beside it says the same. */
function withStandardFormats({ jsonSchema }: { readonly jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.format === 'starts_with') delete jsonSchema.format;
}
