/** What is asked of each view of INFORMATION_SCHEMA, by the word that its rows bear. */
const parts: readonly (readonly [part: string, view: string, columns: string, condition?: string])[] = [
  [
    'table',
    'TABLES',
    "table_schema, table_name, table_type, UNIX_MILLIS(creation_time) AS created, IF(table_type = 'MATERIALIZED VIEW', ddl, NULL) AS ddl",
  ],
  [
    'column',
    'COLUMNS',
    'table_schema, table_name, column_name, ordinal_position, is_nullable, is_hidden, data_type, is_partitioning_column, clustering_ordinal_position',
  ],
  [
    'field',
    'COLUMN_FIELD_PATHS',
    'table_schema, table_name, field_path, policy_tags',
    'ARRAY_LENGTH(policy_tags) > 0',
  ],
  ['view', 'VIEWS', 'table_schema, table_name, view_definition, use_standard_sql'],
  [
    'routine',
    'ROUTINES',
    'routine_schema, routine_name, routine_type, routine_body, routine_definition, external_language',
  ],
  [
    'parameter',
    'PARAMETERS',
    'specific_schema, specific_name, ordinal_position, parameter_name, data_type',
    "is_result = 'NO'",
  ],
];

/** One query for all that is known of a dataset or region: rows of `part` and `item`, which is JSON. */
export function informationSchemaSql(project: string, datasetOrRegion: string): string {
  const prefix = `${quoted(project)}.${quoted(datasetOrRegion)}.INFORMATION_SCHEMA`;
  return parts
    .map(([part, view, columns, condition]) => {
      const where = condition === undefined ? '' : ` WHERE ${condition}`;
      return `SELECT '${part}' AS part, TO_JSON_STRING(STRUCT(${columns})) AS item FROM ${prefix}.${view}${where}`;
    })
    .join('\nUNION ALL\n');
}

/** The name comes out of somebody's SQL: it must not end its quotes. */
function quoted(name: string): string {
  if (!/^[\p{L}\p{N}\p{M}_.:-]+$/u.test(name))
    throw new TypeError('A project or dataset has a name that BigQuery does not allow.');
  return `\`${name}\``;
}
