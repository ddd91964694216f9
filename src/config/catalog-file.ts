import { z } from 'zod';
import { columnOfType } from '../sql/catalog-type.ts';
import type { StaticCatalog, StaticColumn, StaticRoutine } from '../sql/catalog-static.ts';

/** What a catalog file says once it is read. */
export interface CatalogFile extends StaticCatalog {
  readonly $schema?: string | undefined;
  readonly version: 1;
  readonly project?: string | undefined;
  readonly routines: readonly StaticRoutine[];
}

/** The shape of a catalog file. `z.toJSONSchema` of this is published as `catalog.schema.json`. */

const name = z.string().min(1).max(1024);

const objectName = z
  .string()
  .regex(/^[^.]+\.[^.]+(\.[^.]+)?$|^.+:[^.]+\.[^.]+\.[^.]+$/, 'dataset.name, or project.dataset.name')
  .max(2048);

/** A GoogleSQL type; it is read as an analysis would read it, so that a slip is found here. */
const dataType = z.string().check((context) => {
  try {
    columnOfType('column', context.value);
  } catch {
    context.issues.push({
      code: 'custom',
      message: `${JSON.stringify(context.value)} is no GoogleSQL type, such as INT64 or ARRAY<STRUCT<sku STRING>>`,
      input: context.value,
    });
  }
});

const column: z.ZodType<StaticColumn> = z.strictObject({
  name,
  type: dataType,
  mode: z.enum(['NULLABLE', 'REQUIRED', 'REPEATED']).exactOptional(),
  get fields() {
    return z.array(column).min(1).exactOptional();
  },
  /** Full resource names of policy tags. */
  policyTags: z.array(name).exactOptional(),
  /** A pseudo column, outside `*`. */
  hidden: z.boolean().exactOptional(),
});

const columns = z.union([
  z.record(name, dataType).refine((value) => Object.keys(value).length > 0, 'a table needs a column'),
  z.array(column).min(1),
]);

const view = z.union([
  z.string().min(1),
  z.strictObject({ sql: z.string().min(1), legacy: z.boolean().default(false) }),
]);

const table = z.strictObject({
  name: objectName,
  kind: z.enum(['TABLE', 'VIEW', 'MATERIALIZED_VIEW', 'EXTERNAL', 'SNAPSHOT']).exactOptional(),
  columns,
  pseudoColumns: z.array(column).exactOptional(),
  /** The text of a view. */
  view: view.exactOptional(),
  partitionColumn: name.exactOptional(),
  clusterColumns: z.array(name).exactOptional(),
  requirePartitionFilter: z.boolean().exactOptional(),
  labels: z.record(z.string(), z.string()).exactOptional(),
});

const routine = z.strictObject({
  name: objectName,
  kind: z
    .enum(['SCALAR_FUNCTION', 'TABLE_VALUED_FUNCTION', 'PROCEDURE', 'AGGREGATE_FUNCTION'])
    .exactOptional(),
  language: name.exactOptional(),
  parameters: z.array(z.strictObject({ name, type: z.string().exactOptional() })).exactOptional(),
  /** The text of the routine. */
  body: z.string().exactOptional(),
});

export const catalogFile: z.ZodType<CatalogFile> = z
  .strictObject({
    $schema: z.string().exactOptional(),
    version: z.literal(1),
    /** The project of names that have none. */
    project: name.exactOptional(),
    /** Names of datasets and tables compare without regard to letter case. */
    caseInsensitive: z.boolean().exactOptional(),
    tables: z.array(table).default([]),
    routines: z.array(routine).default([]),
  })
  .check((context) => {
    const { project, tables, routines, caseInsensitive } = context.value;
    for (const [key, list] of Object.entries({ tables, routines })) {
      const seen = new Set<string>();
      for (const [index, item] of list.entries()) {
        const full = item.name.split('.').length > 2 ? item.name : `${project ?? ''}.${item.name}`;
        const known = caseInsensitive === true ? full.toLowerCase() : full;
        const message = seen.has(known)
          ? `${item.name} is described twice`
          : full.startsWith('.')
            ? `${item.name} has no project: write it before the name, or state project once for all`
            : undefined;
        seen.add(known);
        if (message === undefined) continue;
        context.issues.push({ code: 'custom', message, path: [key, index, 'name'], input: item.name });
      }
    }
  });
