import type { CatalogColumn, CatalogTable } from '../../sql/catalog.ts';
import type { ColumnSource } from '../../sql/facts.ts';

/** Every leaf of a table's schema: what a read of the whole table reads. */
export function leafColumns(table: CatalogTable): readonly ColumnSource[] {
  return [...table.columns, ...table.pseudoColumns].flatMap((column) => leavesOf(table, column, []));
}

/** The leaves that a read column stands for: reading a record reads all of its fields. */
export function leavesBelow(table: CatalogTable, path: readonly string[]): readonly ColumnSource[] {
  let columns: readonly CatalogColumn[] = [...table.columns, ...table.pseudoColumns];
  const parents: string[] = [];
  for (const name of path) {
    const found = columns.find((column) => column.name.toLowerCase() === name.toLowerCase());
    // A path into JSON goes deeper than the schema does: the column is the leaf.
    if (found?.fields === undefined) break;
    parents.push(found.name);
    columns = found.fields;
  }
  if (parents.length < path.length) return [{ table: table.name, path }];
  return columns.flatMap((column) => leavesOf(table, column, parents));
}

function leavesOf(
  table: CatalogTable,
  column: CatalogColumn,
  parents: readonly string[],
): readonly ColumnSource[] {
  const path = [...parents, column.name];
  if (column.fields === undefined || column.fields.length === 0) return [{ table: table.name, path }];
  return column.fields.flatMap((field) => leavesOf(table, field, path));
}
