import type { CatalogColumn, CatalogRoutine, CatalogTable, ObjectName } from './catalog.ts';
import { columnOfType } from './catalog-type.ts';
import { hashOf } from './fingerprint.ts';
import { parse } from './parse/index.ts';

type Fields = Readonly<Record<string, unknown>>;
type Part = 'table' | 'column' | 'field' | 'view' | 'routine' | 'parameter';
const parts: readonly Part[] = ['table', 'column', 'field', 'view', 'routine', 'parameter'];

/** What INFORMATION_SCHEMA says of one table or routine. */
export type Described = Readonly<Record<Part, readonly Fields[]>>;

/** Rows by `dataset.name`; tables and routines may have the same. */
export function describedObjects(rows: readonly unknown[]): ReadonlyMap<string, Described> {
  const found = new Map<string, Record<Part, Fields[]>>();
  for (const row of rows) {
    const { part: written, item } = fieldsOf(row);
    const part = parts.find((each) => each === written);
    if (part === undefined || typeof item !== 'string')
      throw new TypeError('A row of INFORMATION_SCHEMA does not have the form that was asked for.');
    const fields = fieldsOf(JSON.parse(item));
    const key = keyOfRow(fields);
    let described = found.get(key);
    if (described === undefined) found.set(key, (described = nothing()));
    described[part].push(fields);
  }
  return found;
}

function nothing(): Record<Part, Fields[]> {
  return { table: [], column: [], field: [], view: [], routine: [], parameter: [] };
}

function keyOfRow(fields: Fields): string {
  const dataset = fields['table_schema'] ?? fields['routine_schema'] ?? fields['specific_schema'];
  const name = fields['table_name'] ?? fields['routine_name'] ?? fields['specific_name'];
  return `${textOf(dataset)}.${textOf(name)}`;
}

/** When the table was made, if it is one that a wildcard matches. */
export function createdAt({ table: [row] }: Described): number | undefined {
  return row?.['table_type'] === 'BASE TABLE' ? Number(row['created']) : undefined;
}

const tableKinds: ReadonlyMap<unknown, CatalogTable['kind']> = new Map([
  ['BASE TABLE', 'TABLE'],
  ['CLONE', 'TABLE'],
  ['VIEW', 'VIEW'],
  ['MATERIALIZED VIEW', 'MATERIALIZED_VIEW'],
  ['EXTERNAL', 'EXTERNAL'],
  ['SNAPSHOT', 'SNAPSHOT'],
]);

/** The table as the catalog has it; `undefined` when the rows describe none, and anything odd throws. */
export function tableOfRows(described: Described, name: ObjectName): CatalogTable | undefined {
  const [row] = described.table;
  if (row === undefined) return undefined;
  const kind = tableKinds.get(row['table_type']);
  if (kind === undefined) throw new TypeError('INFORMATION_SCHEMA names a table of an unknown type.');
  const rows = described.column.toSorted((a, b) => position(a) - position(b));
  const view = viewOf(described, row);
  const partition = rows.find((each) => each['is_partitioning_column'] === 'YES' && !isHidden(each));
  const clustering = rows.filter((each) => Number(each['clustering_ordinal_position'] ?? 0) > 0);
  const columns = rows.filter((each) => !isHidden(each)).map((each) => columnOf(each, described));
  const hidden = rows.filter(isHidden).map((each) => columnOf(each, described));
  const pseudo: CatalogColumn = { name: '_FILE_NAME', type: 'STRING', mode: 'NULLABLE' };
  return withEtag({
    name,
    kind,
    columns,
    pseudoColumns: kind === 'EXTERNAL' ? [...hidden, pseudo] : hidden,
    ...(view === undefined ? {} : { view }),
    ...(partition === undefined ? {} : { partitionColumn: textOf(partition['column_name']) }),
    ...(clustering.length === 0
      ? {}
      : {
          clusterColumns: clustering
            .toSorted(
              (a, b) => Number(a['clustering_ordinal_position']) - Number(b['clustering_ordinal_position']),
            )
            .map((each) => textOf(each['column_name'])),
        }),
  });
}

/** The same description has the same etag. */
function withEtag<Item extends object>(item: Item): Item & { readonly etag: string } {
  return { ...item, etag: hashOf(JSON.stringify(item)) };
}

function columnOf(row: Fields, { field }: Described): CatalogColumn {
  const name = textOf(row['column_name']);
  const column = columnOfType(name, textOf(row['data_type']));
  const required = row['is_nullable'] === 'NO' && column.mode !== 'REPEATED';
  const tags = new Map(
    field.map((each) => [textOf(each['field_path']).toLowerCase(), textsOf(each['policy_tags'])]),
  );
  return tagged({ ...column, mode: required ? 'REQUIRED' : column.mode }, name.toLowerCase(), tags);
}

function tagged(
  column: CatalogColumn,
  path: string,
  tags: ReadonlyMap<string, readonly string[]>,
): CatalogColumn {
  const policyTags = tags.get(path);
  const fields = column.fields?.map((each) => tagged(each, `${path}.${each.name.toLowerCase()}`, tags));
  return {
    ...column,
    ...(fields === undefined ? {} : { fields }),
    ...(policyTags === undefined ? {} : { policyTags }),
  };
}

function viewOf({ view: [view] }: Described, table: Fields): CatalogTable['view'] {
  const ddl = table['ddl'];
  if (typeof ddl === 'string') return materialised(ddl);
  const sql = view?.['view_definition'];
  // BigQuery leaves the text out for those who may not see it; then the view is a gap.
  if (typeof sql !== 'string') return undefined;
  return { sql, legacy: view?.['use_standard_sql'] !== 'YES' };
}

/** VIEWS does not list materialised views: their text stands in the statement that makes them. */
function materialised(ddl: string): CatalogTable['view'] {
  const statement = parse(ddl).script?.statements[0];
  if (statement?.type !== 'createView') return undefined;
  return { sql: ddl.slice(statement.query.range.start, statement.query.range.end), legacy: false };
}

const routineKinds: ReadonlyMap<unknown, CatalogRoutine['kind']> = new Map([
  ['FUNCTION', 'SCALAR_FUNCTION'],
  ['AGGREGATE FUNCTION', 'AGGREGATE_FUNCTION'],
  ['TABLE FUNCTION', 'TABLE_VALUED_FUNCTION'],
  ['PROCEDURE', 'PROCEDURE'],
]);

export function routineOfRows(
  { routine: [row], parameter }: Described,
  name: ObjectName,
): CatalogRoutine | undefined {
  if (row === undefined) return undefined;
  const kind = routineKinds.get(row['routine_type']);
  if (kind === undefined) throw new TypeError('INFORMATION_SCHEMA names a routine of an unknown type.');
  const body = row['routine_definition'];
  const language = row['routine_body'] === 'SQL' ? 'SQL' : (row['external_language'] ?? 'REMOTE');
  return withEtag({
    name,
    kind,
    language: textOf(language),
    parameters: parameter
      .toSorted((a, b) => position(a) - position(b))
      .map((each) => parameterOf(each['parameter_name'], each['data_type'])),
    ...(typeof body === 'string' ? { body } : {}),
  });
}

function parameterOf(name: unknown, type: unknown): CatalogRoutine['parameters'][number] {
  const named = { name: typeof name === 'string' ? name : '' };
  return typeof type === 'string' ? { ...named, type } : named;
}

function isHidden(column: Fields): boolean {
  return column['is_hidden'] === 'YES';
}

function position(row: Fields): number {
  return Number(row['ordinal_position'] ?? Number.MAX_SAFE_INTEGER);
}

function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}

function textOf(value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new TypeError('A name or type is missing in INFORMATION_SCHEMA.');
}

function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.map(textOf) : [];
}
