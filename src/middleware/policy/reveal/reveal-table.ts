import type { JsonObject } from '../../../call/json.ts';
import { tableOfResource } from '../../../sql/catalog-resource.ts';
import type { CatalogTable } from '../../../sql/catalog.ts';
import { columnMasks } from '../column-masks.ts';
import { tablePair } from '../access.ts';
import { hiddenColumns } from '../hidden-columns.ts';
import { leafColumns } from '../leaf-columns.ts';
import { loadDatasetLabels } from '../load-traits.ts';
import { tableName } from '../request-access.ts';
import { touchedBy } from '../touched.ts';
import type { TraitsSource } from '../traits.ts';
import { only, type Revealing } from './described.ts';
import { revealSchema, type ColumnMarks } from './reveal-schema.ts';
import { wholeReading } from './whole-reading.ts';

/** What describes a table and tells nothing of its rows, nor of other objects. */
const shown = [
  'kind',
  'etag',
  'id',
  'selfLink',
  'tableReference',
  'type',
  'friendlyName',
  'description',
  'labels',
  'location',
  'creationTime',
  'lastModifiedTime',
  'expirationTime',
  'requirePartitionFilter',
  'defaultCollation',
  'timePartitioning',
  'rangePartitioning',
  'clustering',
];

/**
 * A table as the principal may know it. Whoever may read all of it in the clear gets all of it; for anybody else
 * counts, sizes, the text of a view, default values and names of other tables go, and masked columns are marked.
 */
export async function revealTable(resource: JsonObject, revealing: Revealing): Promise<JsonObject> {
  const table = tableIn(resource, revealing.call.project);
  if (table === undefined) return only(resource, shown);
  const traits = await traitsOf(table, revealing);
  const hidden = hiddenColumns(revealing.policy, revealing.asker, table, traits);
  const reading = await wholeReading(table, revealing);
  const beneath = table.kind.endsWith('VIEW') ? (reading?.outputs ?? []) : [];
  const marks = new Map([...beneath, ...marksOf(table, traits, revealing)]);
  if (reading?.clear === true && hidden.length === 0 && marks.size === 0) return resource;
  const paths = new Set(hidden.map(({ path }) => keyOf(path)));
  return {
    ...withoutHidden(only(resource, shown), paths),
    schema: revealSchema(resource['schema'], paths, marks),
  };
}

/** `undefined` when the resource is of a kind that is not known. */
function tableIn(resource: JsonObject, project: string): CatalogTable | undefined {
  const name = tableName(resource['tableReference'], project);
  if (name === undefined) return undefined;
  try {
    return tableOfResource({ schema: { fields: [] }, ...resource }, name);
  } catch {
    return undefined;
  }
}

async function traitsOf(table: CatalogTable, { policy, context, sources }: Revealing): Promise<TraitsSource> {
  if (policy.tags.byLabel.length === 0) return { tables: [table] };
  const pairs = [tablePair('metadata', 'tables.get', table.name)];
  return { tables: [table], datasetLabels: await loadDatasetLabels(pairs, sources.native(context)) };
}

function marksOf(table: CatalogTable, traits: TraitsSource, { policy, asker }: Revealing): ColumnMarks {
  const pairs = [tablePair('read', 'tables.get', table.name)];
  const request = { ...asker, ...traits, pairs, columns: leafColumns(table) };
  const masks = columnMasks(policy, request, touchedBy(policy, request));
  return new Map(masks.map((mask) => [keyOf(mask.path), mask.with]));
}

export const keyOf = (path: readonly string[]): string => path.join('.').toLowerCase();

/** The layout may name a column that is not to be known. */
function withoutHidden(resource: JsonObject, hidden: ReadonlySet<string>): JsonObject {
  if (hidden.size === 0) return resource;
  const { timePartitioning: _time, rangePartitioning: _range, clustering: _clustering, ...rest } = resource;
  return rest;
}
