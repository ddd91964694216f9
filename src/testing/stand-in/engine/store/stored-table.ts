import type { DatasetReference, TableField, TableRecord } from '../table.ts';

/** A table as kept: its record, the DuckDB table behind it, and the DuckDB column of each field. */
export interface StoredTable {
  readonly record: Omit<TableRecord, 'numRows' | 'numBytes'>;
  readonly physical: string;
  readonly columns: readonly StoredColumn[];
  readonly partitionColumn?: string;
  /** Where the unqualified names of a view belong: the default dataset of the statement that made it. */
  readonly viewDataset?: DatasetReference;
  /** Bytes by field path, measured on demand; a changed table is a new object with none. */
  readonly sizes: Map<string, number>;
}

export interface StoredColumn {
  readonly field: TableField;
  readonly physical: string;
}

export function columnsOf(schema: readonly TableField[]): readonly StoredColumn[] {
  return schema.map((field, index) => ({ field, physical: `c${index + 1}` }));
}
