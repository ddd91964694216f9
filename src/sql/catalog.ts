/** A table, view or routine by its full name. */
export interface ObjectName {
  readonly project: string;
  readonly dataset: string;
  readonly name: string;
}

/** A column or field as BigQuery's `TableFieldSchema` has it; type names are GoogleSQL's (`INT64`, `STRUCT`). */
export interface CatalogColumn {
  readonly name: string;
  readonly type: string;
  readonly mode: 'NULLABLE' | 'REQUIRED' | 'REPEATED';
  readonly fields?: readonly CatalogColumn[];
  /** Full resource names of policy tags. */
  readonly policyTags?: readonly string[];
}

export interface CatalogTable {
  readonly name: ObjectName;
  readonly kind: 'TABLE' | 'VIEW' | 'MATERIALIZED_VIEW' | 'EXTERNAL' | 'SNAPSHOT';
  readonly columns: readonly CatalogColumn[];
  /** Columns outside `*`: `_PARTITIONTIME`, `_TABLE_SUFFIX`, `_FILE_NAME`. */
  readonly pseudoColumns: readonly CatalogColumn[];
  readonly etag?: string;
  readonly view?: { readonly sql: string; readonly legacy: boolean };
  readonly partitionColumn?: string;
  readonly clusterColumns?: readonly string[];
  readonly requirePartitionFilter?: boolean;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface CatalogRoutine {
  readonly name: ObjectName;
  readonly kind: 'SCALAR_FUNCTION' | 'TABLE_VALUED_FUNCTION' | 'PROCEDURE' | 'AGGREGATE_FUNCTION';
  readonly language: string;
  readonly parameters: readonly { readonly name: string; readonly type?: string }[];
  readonly body?: string;
  readonly etag?: string;
}

/**
 * What is known about tables and routines. `undefined` means that BigQuery says there is no such thing;
 * a catalog that cannot tell throws, and the statement is refused. A name that ends in `*` asks for a
 * wildcard table: the answer has the columns of the latest matching table and `_TABLE_SUFFIX`.
 */
export interface Catalog {
  table(name: ObjectName, signal?: AbortSignal): Promise<CatalogTable | undefined>;
  routine(name: ObjectName, signal?: AbortSignal): Promise<CatalogRoutine | undefined>;
  /** Told that a table has changed: it is asked for anew the next time, however fresh the answer is. */
  forget?(name: ObjectName): void;
}
