import type { CatalogTable } from '../../../sql/catalog.ts';
import type { ColumnSource } from '../../../sql/facts.ts';
import { masksOf } from '../column-masks.ts';
import type { CompiledMask, CompiledPolicy } from '../compile.ts';
import { leafColumns } from '../leaf-columns.ts';
import { misfitOf } from '../misfit.ts';
import { traitsOf } from '../traits.ts';
import type { Finding } from './finding.ts';
import type { KnownObjects } from './unmatched.ts';

/** Masks on columns of the catalog whose type they do not fit, or by which queries find their partitions. */
export function unfitMasks(policy: CompiledPolicy, { tables }: KnownObjects): readonly Finding[] {
  const traits = traitsOf({ tables });
  const found = new Map<string, readonly [Finding, ...Finding[]]>();
  const add = (finding: Finding): void => {
    const key = JSON.stringify(finding.path);
    const [first, ...others] = found.get(key) ?? [finding];
    found.set(key, [first, ...others, finding]);
  };
  for (const table of tables) {
    for (const column of leafColumns(table)) {
      const tags = [...new Set(policy.tags.ofColumn(column, traits))];
      for (const mask of new Set(masksOf(policy, { column, tags })))
        for (const finding of findingsOf(policy, mask, table, column)) add(finding);
    }
  }
  return [...found.values()].map(([first, ...all]) =>
    all.length < 2 ? first : { ...first, message: `${first.message} So it is with ${all.length - 1} more.` },
  );
}

function findingsOf(
  policy: CompiledPolicy,
  mask: CompiledMask,
  table: CatalogTable,
  { path }: ColumnSource,
): readonly Finding[] {
  const { source, applied } = mask;
  const place = ['masks', policy.document.masks.indexOf(source)];
  const name = `${table.name.dataset}.${table.name.name}.${path.join('.')}`;
  const misfit = misfitOf(applied, table, path);
  const scan = source.allowFullScan === true ? undefined : scanOf(table, path);
  return [
    ...(misfit === undefined
      ? []
      : [finding([...place, 'with'], 'misfit', misfitText(source.name, name, `${applied.with} ${misfit}`))]),
    ...(scan === undefined ? [] : [finding(place, 'full-scan', scanText(source.name, name, scan))]),
  ];
}

const finding = (path: Finding['path'], kind: Finding['kind'], message: string): Finding => ({
  severity: 'error',
  kind,
  path,
  message,
});

const misfitText = (mask: string, column: string, misfit: string): string =>
  `Mask ${mask} cannot be put on ${column}: ${misfit}. Use nullify, or take the tag from the column.`;

const scanText = (mask: string, column: string, what: string): string =>
  `Mask ${mask} hides ${column}, a ${what} column: whoever filters by it reads all of the table. Take the tag from the column, or say allowFullScan: true.`;

function scanOf(
  { partitionColumn, clusterColumns = [] }: CatalogTable,
  [name = '']: readonly string[],
): 'partition' | 'clustering' | undefined {
  const isNamed = (other: string | undefined): boolean => other?.toLowerCase() === name.toLowerCase();
  if (isNamed(partitionColumn)) return 'partition';
  return clusterColumns.some(isNamed) ? 'clustering' : undefined;
}
