import type { Column } from '../scope/source.ts';

/** The columns, now that something uses them. */
export function readColumns(columns: readonly Column[]): readonly Column[] {
  return columns.map((column) => {
    column.read?.([]);
    return { name: column.name, value: column.value };
  });
}
