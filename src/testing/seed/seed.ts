import type { Engine, TableField, TableId } from '../stand-in/engine/engine.ts';
import { detectSchema } from './detect-schema.ts';
import { jsonRow, type Row } from './json-row.ts';
import { fieldsOf, type Schema } from './schema.ts';

/** What a table starts with. Without a schema it is read off the rows. */
export interface TableSeed {
  readonly schema?: Schema;
  readonly rows?: readonly Row[];
}

/** Tables by `dataset.table`; their datasets come into being with them. */
export type TableSeeds = Readonly<Record<string, TableSeed>>;

export interface Seed {
  readonly datasets?: readonly string[];
  readonly tables?: TableSeeds;
  /** GoogleSQL to run at the end, in order. */
  readonly statements?: readonly string[];
}

export async function plant(engine: Engine, project: string, seed: Seed): Promise<void> {
  const tables = Object.entries(seed.tables ?? {}).map(
    ([name, table]) => [tableId(name, project), table] as const,
  );
  const datasets = new Set([...(seed.datasets ?? []), ...tables.map(([{ datasetId }]) => datasetId)]);
  for (const datasetId of datasets) await engine.createDataset({ projectId: project, datasetId });
  for (const [id, table] of tables) await plantTable(engine, id, table);
  for (const sql of seed.statements ?? []) await engine.query({ sql, project, parameters: [] });
}

async function plantTable(engine: Engine, id: TableId, table: TableSeed): Promise<void> {
  const rows = table.rows ?? [];
  await engine.createTable({ ...id, schema: schemaOf(table) });
  const errors = rows.length === 0 ? [] : await engine.appendRows(id, rows.map(jsonRow));
  const first = errors[0]?.errors[0];
  if (first === undefined) return;
  throw new Error(
    `Seed row ${errors[0]?.index} of ${id.datasetId}.${id.tableId}: ${first.location}: ${first.message}`,
  );
}

export function schemaOf({ schema, rows = [] }: TableSeed): readonly TableField[] {
  return schema === undefined ? detectSchema(rows) : fieldsOf(schema);
}

/** `dataset.table`, or `project.dataset.table`. */
export function tableId(name: string, project: string): TableId {
  const parts = name.split('.');
  const [datasetId, table] = parts.slice(-2);
  if (!datasetId || !table || parts.length > 3)
    throw new Error(`A table is named dataset.table, not ${name}.`);
  return { projectId: parts.length === 3 ? (parts[0] ?? project) : project, datasetId, tableId: table };
}
