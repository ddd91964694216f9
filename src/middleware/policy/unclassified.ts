import type { CompiledPolicy } from './compile.ts';
import type { ReadColumn } from './touched.ts';

/** BigQuery keeps these beginnings for columns of its own; they hold no values of a table. */
const ownNames = /^_(partition|table_suffix$|file_name$)/i;

/** A column without any tag, in a dataset that may hold tags. */
export function unclassified(policy: CompiledPolicy, { column, tags }: ReadColumn): boolean {
  const { project, dataset } = column.table;
  return tags.length === 0 && !ownNames.test(column.path[0] ?? '') && policy.tags.inDataset(project, dataset);
}
