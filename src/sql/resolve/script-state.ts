import type { CreateFunction, CreateTableFunction } from '../ast/index.ts';
import type { CatalogTable, ObjectName } from '../catalog.ts';
import type { Value } from '../lineage/value.ts';
import type { Rows } from './rows.ts';

/** What earlier statements of a script left behind. */
export interface ScriptState {
  readonly variables: Map<string, Value>;
  /** Tables that the script created, by their full name or the bare name of a temporary one. */
  readonly tables: Map<string, CreatedTable>;
  readonly functions: Map<string, CreateFunction | CreateTableFunction>;
  /** Tables that the script altered or gave another name: the catalog does not say what they are then. */
  readonly altered: Set<string>;
  /** `SET @@dataset_id`, `SET @@dataset_project_id`. */
  datasetId: string | undefined;
  datasetProject: string | undefined;
}

export interface CreatedTable {
  readonly name: ObjectName;
  readonly temporary: boolean;
  /** True when it was made in any case. */
  readonly certain: boolean;
  readonly rows: Rows;
  readonly table: CatalogTable | undefined;
}

export function newScriptState(): ScriptState {
  return {
    variables: new Map(),
    tables: new Map(),
    functions: new Map(),
    altered: new Set(),
    datasetId: undefined,
    datasetProject: undefined,
  };
}
