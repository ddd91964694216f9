import type { CatalogTable, ObjectName } from '../../sql/catalog.ts';
import { fullName } from '../../sql/full-name.ts';
import type { AccessObject } from './access.ts';

/** Protection of BigQuery's own, judged there for whoever runs the query. */
export type NativeProtection = 'rowAccessPolicy' | 'policyTag' | 'authorizedView' | 'sessionUser' | 'unknown';

/** What BigQuery says of the objects of a call, beyond their names. */
export interface Traits {
  table(name: ObjectName): CatalogTable | undefined;
  /** Labels of the object, and of the dataset it lies in. */
  labelsOf(object: AccessObject): readonly (readonly [string, string])[];
  nativeOf(name: ObjectName): readonly NativeProtection[];
}

export interface TraitsSource {
  readonly tables?: readonly CatalogTable[] | undefined;
  /** Labels of datasets, by `project.dataset`. */
  readonly datasetLabels?: ReadonlyMap<string, Readonly<Record<string, string>>> | undefined;
  /** By full name of the table or view. */
  readonly native?: ReadonlyMap<string, readonly NativeProtection[]> | undefined;
}

export function traitsOf({ tables = [], datasetLabels, native }: TraitsSource): Traits {
  const byName = new Map(tables.map((table) => [fullName(table.name), table]));
  return {
    table: (name) => byName.get(fullName(name)),
    labelsOf(object) {
      if (object.kind !== 'dataset' && object.kind !== 'table') return [];
      const { project, dataset } = object;
      const own =
        object.kind === 'table' ? byName.get(fullName({ project, dataset, name: object.table })) : undefined;
      return [
        ...Object.entries(own?.labels ?? {}),
        ...Object.entries(datasetLabels?.get(`${project}.${dataset}`) ?? {}),
      ];
    },
    nativeOf: (name) => native?.get(fullName(name)) ?? [],
  };
}
