import type { Path } from '../../../../sql/ast/index.ts';
import { EngineError, unsupported } from '../engine-error.ts';
import type { StoredTable } from '../store/stored-table.ts';
import type { DatasetRecord, TableField } from '../table.ts';
import { fieldSqlType } from '../type/field-type.ts';
import { physicalType } from '../type/physical-type.ts';
import { int64, scalar, string, typeText, type SqlType } from '../type/sql-type.ts';
import type { PrintContext } from './context.ts';
import { outputName, type PrintedQuery } from './scope.ts';
import { quote } from './typed.ts';

const timestamp = scalar('TIMESTAMP');
type Cell = string | number | null;

interface View {
  readonly columns: readonly (readonly [name: string, type: SqlType])[];
  rows(datasets: readonly DatasetRecord[], tables: readonly StoredTable[]): readonly (readonly Cell[])[];
}

/** `[project.][dataset.]INFORMATION_SCHEMA.view`, or undefined for any other name. */
export function printInformationSchema(path: Path, context: PrintContext): PrintedQuery | undefined {
  const at = path.findIndex((part) => part.name.toUpperCase() === 'INFORMATION_SCHEMA');
  const name = path[at + 1]?.name.toUpperCase();
  if (at < 0 || name === undefined || at !== path.length - 2) return undefined;
  const view = Object.hasOwn(views, name) ? views[name] : undefined;
  if (view === undefined) throw unsupported(`INFORMATION_SCHEMA.${name}`);
  const datasets = scopeOf(
    path.slice(0, at).map((part) => part.name),
    name,
    context,
  );
  const tables = datasets.flatMap((dataset) => context.store.tablesOf(dataset));
  return printed(view, view.rows(datasets, tables));
}

function scopeOf(
  qualifier: readonly string[],
  view: string,
  context: PrintContext,
): readonly DatasetRecord[] {
  const [first, second] = qualifier;
  const project = second === undefined ? context.project : (first ?? context.project);
  const datasetId = (second ?? first)?.replaceAll('`', '');
  if (view === 'SCHEMATA' || datasetId?.toLowerCase().startsWith('region-') === true) {
    return context.store.datasetsOf(
      datasetId?.startsWith('region-') || first === undefined ? project : (first ?? project),
    );
  }
  const wanted = datasetId ?? context.defaultDataset?.datasetId;
  if (wanted === undefined)
    throw new EngineError(
      'invalidQuery',
      `Table "INFORMATION_SCHEMA.${view}" must be qualified with a dataset (e.g. dataset.table).`,
    );
  return [context.store.dataset({ projectId: project, datasetId: wanted })];
}

function printed(view: View, rows: readonly (readonly Cell[])[]): PrintedQuery {
  const columns = view.columns.map(([name, type]) => ({ name, type }));
  const names = columns.map((_, index) => outputName(index));
  const cast = (row: readonly Cell[]): string =>
    row.map((cell, index) => cellSql(cell, columns[index]?.type ?? string)).join(', ');
  if (rows.length === 0) {
    const nothing = columns.map(
      ({ type }, index) => `CAST(NULL AS ${physicalType(type)}) AS ${names[index]}`,
    );
    return { sql: `SELECT ${nothing.join(', ')} WHERE FALSE`, columns, isValue: false };
  }
  const values = rows.map((row) => `(${cast(row)})`).join(', ');
  return { sql: `SELECT * FROM (VALUES ${values}) AS v(${names.join(', ')})`, columns, isValue: false };
}

function cellSql(cell: Cell, type: SqlType): string {
  if (cell === null) return `CAST(NULL AS ${physicalType(type)})`;
  if (type === timestamp) return `make_timestamptz(${cell}000::BIGINT)`;
  return typeof cell === 'number' ? `${cell}::BIGINT` : quote(cell);
}

const yes = (value: boolean): string => (value ? 'YES' : 'NO');

function columnType(field: TableField): string {
  return typeText(fieldSqlType(field));
}

/** Every field below a column with its dotted path. */
function fieldPaths(field: TableField, prefix: string): readonly (readonly [string, TableField])[] {
  const path = prefix + field.name;
  return [[path, field], ...(field.fields ?? []).flatMap((inner) => fieldPaths(inner, `${path}.`))];
}

const tableNames = [
  ['table_catalog', string],
  ['table_schema', string],
  ['table_name', string],
] as const;

const nameCells = ({ record }: StoredTable): readonly Cell[] => [
  record.projectId,
  record.datasetId,
  record.tableId,
];

function clusteringPosition({ record }: StoredTable, field: TableField): number | null {
  const fields = Object.entries(record.clustering ?? {}).flatMap(([name, value]: [string, unknown]) =>
    name === 'fields' && Array.isArray(value) ? value : [],
  );
  const at = fields.findIndex((each: unknown) => each === field.name);
  return at < 0 ? null : at + 1;
}

function tableOptions({ record }: StoredTable): readonly (readonly Cell[])[] {
  const { description, friendlyName, labels } = record;
  const pairs = Object.entries(labels).map(
    ([name, value]) => `STRUCT(${JSON.stringify(name)}, ${JSON.stringify(value)})`,
  );
  return [
    ...(description === undefined ? [] : [['description', 'STRING', JSON.stringify(description)]]),
    ...(friendlyName === undefined ? [] : [['friendly_name', 'STRING', JSON.stringify(friendlyName)]]),
    ...(pairs.length === 0 ? [] : [['labels', 'ARRAY<STRUCT<STRING, STRING>>', `[${pairs.join(', ')}]`]]),
  ];
}

const views: Readonly<Record<string, View>> = {
  SCHEMATA: {
    columns: [
      ['catalog_name', string],
      ['schema_name', string],
      ['schema_owner', string],
      ['creation_time', timestamp],
      ['last_modified_time', timestamp],
      ['location', string],
    ],
    rows: (datasets) =>
      datasets.map((dataset) => [
        dataset.projectId,
        dataset.datasetId,
        null,
        dataset.creationTime,
        dataset.lastModifiedTime,
        dataset.location,
      ]),
  },
  TABLES: {
    columns: [
      ...tableNames,
      ['table_type', string],
      ['is_insertable_into', string],
      ['is_typed', string],
      ['creation_time', timestamp],
    ],
    rows: (_, tables) =>
      tables.map((table) => {
        const isTable = table.record.type === 'TABLE';
        return [
          ...nameCells(table),
          isTable ? 'BASE TABLE' : 'VIEW',
          yes(isTable),
          'NO',
          table.record.creationTime,
        ];
      }),
  },
  COLUMNS: {
    columns: [
      ...tableNames,
      ['column_name', string],
      ['ordinal_position', int64],
      ['is_nullable', string],
      ['data_type', string],
      ['is_generated', string],
      ['is_hidden', string],
      ['is_system_defined', string],
      ['is_partitioning_column', string],
      ['clustering_ordinal_position', int64],
      ['column_default', string],
    ],
    rows: (_, tables) =>
      tables.flatMap((table) =>
        table.record.schema.map((field, index) => [
          ...nameCells(table),
          field.name,
          index + 1,
          yes(field.mode !== 'REQUIRED'),
          columnType(field),
          'NEVER',
          'NO',
          'NO',
          yes(table.partitionColumn?.toLowerCase() === field.name.toLowerCase()),
          clusteringPosition(table, field),
          field.defaultValueExpression ?? 'NULL',
        ]),
      ),
  },
  COLUMN_FIELD_PATHS: {
    columns: [
      ...tableNames,
      ['column_name', string],
      ['field_path', string],
      ['data_type', string],
      ['description', string],
    ],
    rows: (_, tables) =>
      tables.flatMap((table) =>
        table.record.schema.flatMap((column) =>
          fieldPaths(column, '').map(([path, field]) => [
            ...nameCells(table),
            column.name,
            path,
            columnType(field),
            field.description ?? null,
          ]),
        ),
      ),
  },
  TABLE_OPTIONS: {
    columns: [...tableNames, ['option_name', string], ['option_type', string], ['option_value', string]],
    rows: (_, tables) =>
      tables.flatMap((table) => tableOptions(table).map((option) => [...nameCells(table), ...option])),
  },
  VIEWS: {
    columns: [
      ...tableNames,
      ['view_definition', string],
      ['check_option', string],
      ['use_standard_sql', string],
    ],
    rows: (_, tables) =>
      tables
        .filter((table) => table.record.type === 'VIEW')
        .map((table) => [...nameCells(table), table.record.viewQuery ?? '', null, 'YES']),
  },
};
