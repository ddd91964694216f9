import type { CatalogTable, ObjectName } from '../../sql/catalog.ts';

/** What BigQuery says of a dataset, beyond its name. */
export interface DatasetTraits {
  readonly labels: Readonly<Record<string, string>>;
  /** Full names of the views and routines that may read its tables for whoever reads them; `project.dataset.*` for all of one. */
  readonly authorized: readonly string[];
}

/**
 * Where the policy learns of labels of datasets and of protection of BigQuery's own. It throws when that cannot be
 * found out; the call is then refused, unless a rule accepts it.
 */
export interface NativeSource {
  /** `undefined` when there is no such dataset. */
  dataset(project: string, dataset: string): Promise<DatasetTraits | undefined>;
  /** The tables and views of a dataset with their names and labels; `undefined` when there is no such dataset. */
  tables(project: string, dataset: string): Promise<readonly CatalogTable[] | undefined>;
  hasRowAccessPolicies(table: ObjectName): Promise<boolean>;
}
