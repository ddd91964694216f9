import type { ObjectName } from '../../sql/catalog.ts';
import { fullName } from '../../sql/full-name.ts';
import type { AccessPair } from './access.ts';
import type { NativeSource } from './native-source.ts';
import type { Subject } from './subject.ts';
import type { NativeProtection, TraitsSource } from './traits.ts';

/** The labels of every dataset that the call touches. */
export async function loadDatasetLabels(
  pairs: readonly AccessPair[],
  source: NativeSource,
): Promise<NonNullable<TraitsSource['datasetLabels']>> {
  const names = new Map(
    pairs.flatMap(({ object }) =>
      object.kind === 'dataset' || object.kind === 'table'
        ? [[`${object.project}.${object.dataset}`, object] as const]
        : [],
    ),
  );
  const labels = [...names].map(async ([key, { project, dataset }]) => {
    const found = await source.dataset(project, dataset);
    return [key, found?.labels ?? {}] as const;
  });
  return new Map(await Promise.all(labels));
}

interface ReadTable {
  readonly name: ObjectName;
  /** The views through which it is read. */
  readonly beneath: readonly ObjectName[];
}

/** The protection of every table that the call reads, directly or beneath a view. */
export async function loadNative(
  subject: Subject,
  source: NativeSource,
): Promise<NonNullable<TraitsSource['native']>> {
  const found = readTables(subject).map(async (table) => {
    const kinds = await Promise.all([rowAccess(table, source), authorized(table, source)]);
    return [fullName(table.name), kinds.flat()] as const;
  });
  return new Map(await Promise.all(found));
}

/** Views have no row access policies, and BigQuery refuses wildcards over tables that have some. */
function readTables({ analysis, tables }: Subject): readonly ReadTable[] {
  if (analysis !== undefined) return analysis.facts.tables.filter(({ kind }) => kind === 'table');
  return tables.filter(({ kind }) => !kind.endsWith('VIEW')).map(({ name }) => ({ name, beneath: [] }));
}

async function rowAccess({ name }: ReadTable, source: NativeSource): Promise<readonly NativeProtection[]> {
  try {
    return (await source.hasRowAccessPolicies(name)) ? ['rowAccessPolicy'] : [];
  } catch {
    return ['unknown'];
  }
}

async function authorized(
  { name, beneath }: ReadTable,
  source: NativeSource,
): Promise<readonly NativeProtection[]> {
  const views = beneath.filter(
    ({ project, dataset }) => project !== name.project || dataset !== name.dataset,
  );
  if (views.length === 0) return [];
  try {
    const dataset = await source.dataset(name.project, name.dataset);
    const isAuthorized = views.some((view) =>
      [fullName(view), fullName({ ...view, name: '*' })].some(
        (each) => dataset?.authorized.includes(each) === true,
      ),
    );
    return isAuthorized ? ['authorizedView'] : [];
  } catch {
    return ['unknown'];
  }
}
