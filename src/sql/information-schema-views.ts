import type { CatalogColumn, CatalogTable, ObjectName } from './catalog.ts';

interface View {
  /** What describes a table: these are its columns, and what a star stands for. */
  readonly open: string;
  /** What may hold values, or the words of others; found only by name. */
  readonly closed: string;
}

const named = 'table_catalog table_schema table_name';

/** A column without a type is a STRING. */
const views: Readonly<Record<string, View>> = {
  'INFORMATION_SCHEMA.TABLES': {
    open: `${named} table_type is_insertable_into is_typed creation_time:TIMESTAMP`,
    closed: `managed_table_type is_fine_grained_mutations_enabled is_change_history_enabled base_table_catalog
      base_table_schema base_table_name snapshot_time_ms:TIMESTAMP replica_source_catalog replica_source_schema
      replica_source_name replication_status replication_error ddl default_collation_name sync_status:JSON
      upsert_stream_apply_watermark:TIMESTAMP`,
  },
  'INFORMATION_SCHEMA.COLUMNS': {
    open: `${named} column_name ordinal_position:INT64 is_nullable data_type is_generated is_hidden
      is_system_defined is_partitioning_column clustering_ordinal_position:INT64`,
    closed: `generation_expression is_stored is_updatable collation_name column_default rounding_mode
      data_policies:ARRAY policy_tags:ARRAY`,
  },
  'INFORMATION_SCHEMA.COLUMN_FIELD_PATHS': {
    open: `${named} column_name field_path data_type description`,
    closed: 'collation_name rounding_mode data_policies:ARRAY policy_tags:ARRAY',
  },
  'INFORMATION_SCHEMA.TABLE_OPTIONS': { open: `${named} option_name option_type option_value`, closed: '' },
};

const columnsOf: ReadonlyMap<string, Pick<CatalogTable, 'columns' | 'pseudoColumns'>> = new Map(
  Object.entries(views).map(([view, { open, closed }]) => [
    view,
    { columns: columns(open), pseudoColumns: columns(closed) },
  ]),
);

function columns(text: string): readonly CatalogColumn[] {
  return text.split(/\s+/).flatMap((word): readonly CatalogColumn[] => {
    const [name = '', type = 'STRING'] = word.split(':');
    if (name === '') return [];
    return type === 'ARRAY'
      ? [{ name, type: 'STRING', mode: 'REPEATED' }]
      : [{ name, type, mode: 'NULLABLE' }];
  });
}

/**
 * A view of INFORMATION_SCHEMA that tells of the tables of one dataset. `undefined` for all other views, and for
 * whole regions.
 */
export function informationSchemaTable(name: ObjectName): CatalogTable | undefined {
  const found = columnsOf.get(name.name);
  const isRegion = name.dataset === '' || name.dataset.includes('-');
  return found === undefined || isRegion ? undefined : { name, kind: 'TABLE', ...found };
}

/** The names that BigQuery gave such tables before INFORMATION_SCHEMA. */
const metaTable = /^__(columns|datasets|partitions_summary|schemata|tables|tables_summary)__$/i;

/** A table that tells of other tables. */
export function isInformationSchema({ name }: Pick<ObjectName, 'name'>): boolean {
  return name.startsWith('INFORMATION_SCHEMA.') || name === 'INFORMATION_SCHEMA' || metaTable.test(name);
}
