import { z } from 'zod';
import type { Facts } from '../src/sql/index.ts';

/** The shape of `Facts`, held to the type by the compiler and to real facts by a test. */

const range = z
  .strictObject({ start: z.int().min(0), end: z.int().min(0) })
  .meta({ id: 'Range', description: 'A part of the text, in UTF-16 code units; the end lies behind it.' });

const objectName = z.strictObject({ project: z.string(), dataset: z.string(), name: z.string() }).meta({
  id: 'ObjectName',
  description: 'A table, view or routine; project and dataset are empty for temporary ones.',
});

const columnSource = z.strictObject({ table: objectName, path: z.array(z.string()).min(1) }).meta({
  id: 'ColumnSource',
  description: 'A column or field: ["address", "city"]. Arrays share the path of their elements.',
});

const sources = z.array(columnSource);

const table = z
  .strictObject({
    name: objectName,
    kind: z.enum(['table', 'wildcard', 'view', 'informationSchema', 'temporary', 'unknown']),
    access: z.array(z.enum(['read', 'write', 'create', 'alter', 'drop'])).min(1),
    references: z
      .array(range)
      .describe('Where it is named; empty for a table that is only read beneath a view.'),
    beneath: z
      .array(objectName)
      .describe('The views or routines, outermost first, through which it is read.'),
  })
  .meta({ id: 'TableFact' });

const output = z
  .strictObject({
    name: z.string().describe('Empty when BigQuery would invent a name.'),
    type: z.string().exactOptional().describe('GoogleSQL type text where it is known.'),
    sources,
    plain: z.boolean().describe('True for the unchanged column, which is then the only source.'),
    oneOf: sources
      .exactOptional()
      .describe('Where it is not plain, but always the value of one of these columns or an element of one.'),
  })
  .meta({ id: 'OutputColumn' });

const statement = z
  .strictObject({
    kind: z.string().describe("BigQuery's statement type."),
    range,
    tables: z.array(table),
    columns: sources,
    outputs: z.array(output),
    influences: sources,
    writes: z.array(z.strictObject({ target: columnSource, sources })),
  })
  .meta({ id: 'StatementFacts' });

const flags = z
  .strictObject({
    selectsStar: z.boolean(),
    crossJoin: z.boolean(),
    dynamicSql: z.boolean(),
    scripting: z.boolean(),
    dml: z.boolean(),
    ddl: z.boolean(),
    replaces: z.boolean(),
    dcl: z.boolean(),
    export: z.boolean(),
    load: z.boolean(),
    external: z.boolean(),
    unbounded: z.boolean(),
  })
  .meta({ id: 'Flags' });

const gap = z
  .strictObject({
    code: z.enum([
      'syntax',
      'lexer',
      'misread',
      'unsupported',
      'limit',
      'unknown-table',
      'unknown-column',
      'unknown-routine',
      'ambiguous-name',
      'dynamic-sql',
      'model',
      'view-depth',
      'catalog',
    ]),
    message: z.string(),
    range,
  })
  .meta({ id: 'Gap' });

const digest = z.string().regex(/^[0-9a-f]{64}$/);

const facts: z.ZodType<Facts> = z.strictObject({
  version: z.literal(1),
  kind: z.string().describe("The only statement's kind, SCRIPT, EMPTY or INVALID."),
  statements: z.array(statement),
  tables: z.array(table),
  columns: sources,
  outputs: z.array(output).describe('Of the last statement that returns rows.'),
  influences: sources.describe('Columns that decide which rows appear, in which group or order.'),
  functions: z.array(z.string()),
  routines: z.array(objectName),
  systemVariables: z.array(z.string()),
  parameters: z.strictObject({ named: z.array(z.string()), positional: z.int().min(0) }),
  flags,
  gaps: z.array(gap).describe('What could not be proved. Facts with a gap are not the whole truth.'),
  fingerprint: digest.describe(
    'Of the shape: without literals, blanks, comments and letter case of keywords.',
  ),
  hash: digest.describe('SHA-256 of the text.'),
});

/** The JSON Schema of what `analyse` and `bigquery-guard explain --json` give. */
export function factsJsonSchema(): z.core.JSONSchema.BaseSchema {
  const { $schema, ...schema } = z.toJSONSchema(facts);
  return { ...($schema !== undefined && { $schema }), title: 'Facts of bigquery-guard', ...schema };
}
