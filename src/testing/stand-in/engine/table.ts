/** Type names as BigQuery's REST interface writes them in a table schema. */
export type FieldType =
  | 'STRING'
  | 'BYTES'
  | 'INTEGER'
  | 'FLOAT'
  | 'NUMERIC'
  | 'BIGNUMERIC'
  | 'BOOLEAN'
  | 'TIMESTAMP'
  | 'DATE'
  | 'TIME'
  | 'DATETIME'
  | 'GEOGRAPHY'
  | 'JSON'
  | 'INTERVAL'
  | 'RANGE'
  | 'RECORD';

/** A column or field as `TableFieldSchema` has it. Input may use GoogleSQL names (`INT64`, `STRUCT`). */
export interface TableField {
  readonly name: string;
  readonly type: string;
  readonly mode?: 'NULLABLE' | 'REQUIRED' | 'REPEATED';
  readonly fields?: readonly TableField[];
  readonly description?: string;
  readonly policyTags?: { readonly names: readonly string[] };
  /** As REST has them: decimal text. */
  readonly maxLength?: string;
  readonly precision?: string;
  readonly scale?: string;
  readonly defaultValueExpression?: string;
}

export interface DatasetReference {
  readonly projectId: string;
  readonly datasetId: string;
}

export interface TableId extends DatasetReference {
  readonly tableId: string;
}

export interface DatasetRecord extends DatasetReference {
  readonly location: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly friendlyName?: string;
  readonly defaultTableExpirationMs?: string;
  /** Milliseconds since 1970. */
  readonly creationTime: number;
  readonly lastModifiedTime: number;
  readonly etag: string;
}

export interface TableRecord extends TableId {
  readonly type: 'TABLE' | 'VIEW';
  readonly schema: readonly TableField[];
  /** The text of a view. */
  readonly viewQuery?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly description?: string;
  readonly friendlyName?: string;
  readonly expirationTime?: string;
  /** Kept as given: `timePartitioning`, `rangePartitioning`, `clustering`. */
  readonly timePartitioning?: object;
  readonly rangePartitioning?: object;
  readonly clustering?: object;
  readonly creationTime: number;
  readonly lastModifiedTime: number;
  readonly etag: string;
  readonly numRows: number;
  /** Logical bytes as BigQuery counts them. */
  readonly numBytes: number;
}

export type NewDataset = DatasetReference &
  Partial<
    Pick<DatasetRecord, 'location' | 'labels' | 'description' | 'friendlyName' | 'defaultTableExpirationMs'>
  >;

export type DatasetPatch = Partial<
  Pick<DatasetRecord, 'labels' | 'description' | 'friendlyName' | 'defaultTableExpirationMs'>
>;

type TableSettings = Pick<
  TableRecord,
  | 'labels'
  | 'description'
  | 'friendlyName'
  | 'expirationTime'
  | 'timePartitioning'
  | 'rangePartitioning'
  | 'clustering'
  | 'viewQuery'
>;

export type NewTable = TableId & Partial<TableSettings> & { readonly schema?: readonly TableField[] };

/** A new schema may add columns and relax modes; anything else is refused as BigQuery refuses it. */
export type TablePatch = Partial<TableSettings> & { readonly schema?: readonly TableField[] };

/** A persistent function in SQL, as the Routine resource has it. */
export interface RoutineRecord extends DatasetReference {
  readonly routineId: string;
  readonly routineType: 'SCALAR_FUNCTION' | 'TABLE_VALUED_FUNCTION' | 'AGGREGATE_FUNCTION';
  readonly arguments: readonly {
    readonly name: string;
    /** `StandardSqlDataType`; absent for `ANY_TYPE`. */
    readonly dataType?: object;
    readonly argumentKind?: 'ANY_TYPE';
  }[];
  readonly returnType?: object;
  readonly definitionBody: string;
  readonly creationTime: number;
  readonly lastModifiedTime: number;
  readonly etag: string;
}
