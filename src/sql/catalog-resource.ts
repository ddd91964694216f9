import { canonicalType } from './catalog-type.ts';
import type { CatalogColumn, CatalogRoutine, CatalogTable, ObjectName } from './catalog.ts';

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

const kinds: ReadonlyMap<unknown, CatalogTable['kind']> = new Map(
  (['TABLE', 'VIEW', 'MATERIALIZED_VIEW', 'EXTERNAL', 'SNAPSHOT'] as const).map((kind) => [kind, kind]),
);

/** A `Table` resource as the catalog has it; anything else throws. */
export function tableOfResource(body: unknown, name: ObjectName): CatalogTable {
  const resource = fieldsOf(body);
  const kind = kinds.get(resource['type']);
  if (kind === undefined) throw new TypeError('The catalog answered with a table of an unknown type.');
  const etag = textOf(resource['etag']);
  const fields = fieldsOf(resource['schema'])['fields'];
  if (!Array.isArray(fields)) throw new TypeError('The catalog answered with a table without a schema.');
  const view = viewOf(resource);
  const partitionColumn = partitionOf(resource);
  const clusterColumns = listOf(fieldsOf(resource['clustering'])['fields']).flatMap(
    (each) => textOf(each) ?? [],
  );
  const labels = labelsOf(resource['labels']);
  return {
    name: spelt(name, fieldsOf(resource['tableReference'])),
    kind,
    columns: fields.map((field) => columnOfField(field, 0)),
    pseudoColumns: pseudoColumns(kind, resource),
    ...(etag === undefined ? {} : { etag }),
    ...(view === undefined ? {} : { view }),
    ...(partitionColumn === undefined ? {} : { partitionColumn }),
    ...(clusterColumns.length === 0 ? {} : { clusterColumns }),
    ...(resource['requirePartitionFilter'] === true ? { requirePartitionFilter: true } : {}),
    ...(labels === undefined ? {} : { labels }),
  };
}

/** A dataset may compare names without regard to letter case: then the answer says how the table is spelt. */
function spelt(name: ObjectName, reference: Fields): ObjectName {
  const dataset = textOf(reference['datasetId']) ?? name.dataset;
  const table = textOf(reference['tableId']) ?? name.name;
  const same =
    dataset.toLowerCase() === name.dataset.toLowerCase() && table.toLowerCase() === name.name.toLowerCase();
  if (!same) throw new TypeError('The catalog answered with another table than was asked for.');
  return { project: name.project, dataset, name: table };
}

function viewOf(resource: Fields): CatalogTable['view'] {
  const view = fieldsOf(resource['view']);
  const sql = textOf(view['query']) ?? textOf(fieldsOf(resource['materializedView'])['query']);
  if (sql === undefined) return undefined;
  // BigQuery leaves the field out for views in legacy SQL made long ago; the API's default is true.
  return { sql, legacy: 'query' in view && view['useLegacySql'] !== false };
}

function partitionOf(resource: Fields): string | undefined {
  const time = textOf(fieldsOf(resource['timePartitioning'])['field']);
  return time ?? textOf(fieldsOf(resource['rangePartitioning'])['field']);
}

function pseudoColumns(kind: CatalogTable['kind'], resource: Fields): readonly CatalogColumn[] {
  const time = fieldsOf(resource['timePartitioning']);
  const byIngestion = textOf(time['type']) !== undefined && textOf(time['field']) === undefined;
  if (kind === 'EXTERNAL') return [pseudo('_FILE_NAME', 'STRING')];
  if (!byIngestion) return [];
  const daily = textOf(time['type']) === 'DAY' ? [pseudo('_PARTITIONDATE', 'DATE')] : [];
  return [pseudo('_PARTITIONTIME', 'TIMESTAMP'), ...daily];
}

function pseudo(name: string, type: string): CatalogColumn {
  return { name, type, mode: 'NULLABLE' };
}

const modes: ReadonlyMap<string, CatalogColumn['mode']> = new Map(
  (['NULLABLE', 'REQUIRED', 'REPEATED'] as const).map((mode) => [mode, mode]),
);

/** BigQuery nests RECORD columns 15 deep. */
const deepestField = 16;

/** A `TableFieldSchema`. */
export function columnOfField(value: unknown, depth: number): CatalogColumn {
  if (depth > deepestField) throw new TypeError('The catalog answered with a column that nests too deeply.');
  const field = fieldsOf(value);
  const name = textOf(field['name']);
  const type = textOf(field['type'])?.toUpperCase();
  const mode = modes.get(textOf(field['mode'])?.toUpperCase() ?? 'NULLABLE');
  if (name === undefined || type === undefined || mode === undefined)
    throw new TypeError('The catalog answered with a column without name, type or mode.');
  const fields = listOf(field['fields']).map((each) => columnOfField(each, depth + 1));
  const policyTags = listOf(fieldsOf(field['policyTags'])['names']).flatMap((each) => textOf(each) ?? []);
  const element = textOf(fieldsOf(field['rangeElementType'])['type']);
  return {
    name,
    type: type === 'RANGE' && element !== undefined ? `RANGE<${element.toUpperCase()}>` : canonicalType(type),
    mode,
    ...(fields.length === 0 ? {} : { fields }),
    ...(policyTags.length === 0 ? {} : { policyTags }),
  };
}

function labelsOf(value: unknown): Readonly<Record<string, string>> | undefined {
  if (!isFields(value)) return undefined;
  return Object.fromEntries(Object.entries(value).map(([name, label]) => [name, String(label)]));
}

const routineKinds: ReadonlyMap<unknown, CatalogRoutine['kind']> = new Map(
  (['SCALAR_FUNCTION', 'TABLE_VALUED_FUNCTION', 'PROCEDURE', 'AGGREGATE_FUNCTION'] as const).map((kind) => [
    kind,
    kind,
  ]),
);

/** A `Routine` resource as the catalog has it; anything else throws. */
export function routineOfResource(body: unknown, name: ObjectName): CatalogRoutine {
  const resource = fieldsOf(body);
  const kind = routineKinds.get(resource['routineType']);
  if (kind === undefined) throw new TypeError('The catalog answered with a routine of an unknown type.');
  const text = textOf(resource['definitionBody']);
  const etag = textOf(resource['etag']);
  if (!isNamed(name, fieldsOf(resource['routineReference'])))
    throw new TypeError('The catalog answered with another routine than was asked for.');
  const remote = isFields(resource['remoteFunctionOptions']) || isFields(resource['sparkOptions']);
  return {
    name,
    kind,
    language: remote ? 'REMOTE' : (textOf(resource['language']) ?? 'SQL'),
    parameters: listOf(resource['arguments']).map((argument) => ({
      name: textOf(fieldsOf(argument)['name']) ?? '',
    })),
    ...(text === undefined ? {} : { body: text }),
    ...(etag === undefined ? {} : { etag }),
  };
}

function isNamed(name: ObjectName, reference: Fields): boolean {
  const dataset = textOf(reference['datasetId']) ?? name.dataset;
  const routine = textOf(reference['routineId']) ?? name.name;
  return (
    dataset.toLowerCase() === name.dataset.toLowerCase() && routine.toLowerCase() === name.name.toLowerCase()
  );
}

export interface Listed {
  readonly name: string;
  readonly kind: string;
  readonly created: number;
}

/** One page of `tables.list`. */
export function listedNames(body: unknown): {
  readonly tables: readonly Listed[];
  readonly next: string | undefined;
} {
  const page = fieldsOf(body);
  const tables = listOf(page['tables']).map((value) => {
    const table = fieldsOf(value);
    return {
      name: textOf(fieldsOf(table['tableReference'])['tableId']) ?? '',
      kind: textOf(table['type']) ?? '',
      created: Number(textOf(table['creationTime']) ?? 0),
    };
  });
  return { tables, next: textOf(page['nextPageToken']) };
}
