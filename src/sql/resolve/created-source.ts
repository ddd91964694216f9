import { columnSource, union } from '../lineage/source.ts';
import { allSources, structOf } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import { columnsByName } from '../scope/source.ts';
import type { Column, Source } from '../scope/source.ts';
import { noteUse, starAndQualifier } from './catalog-source.ts';
import type { Pass } from './pass.ts';
import type { Reference } from './reference.ts';
import type { CreatedTable } from './script-state.ts';

/** A table that an earlier statement of the script made: its own columns, and where their values came from. */
export function createdSource(created: CreatedTable, reference: Reference, pass: Pass): Source {
  const columns = created.rows.columns.map((column) => storedColumn(column, reference, pass));
  return {
    alias: reference.alias,
    table: reference.name,
    ...(reference.hasAlias ? {} : { path: reference.path }),
    open: created.rows.open,
    columns: () => columns,
    find: (name) => columnsByName(columns).get(name)?.[0],
    row() {
      reference.rowUsed = true;
      for (const column of columns) column.read?.([]);
      return structOf(columns.map(({ name, value }) => ({ name, value })));
    },
    ...starAndQualifier(reference),
  };
}

/** The column itself, besides everything that it was made of. */
export function storedColumn(column: Column, reference: Reference, pass: Pass): Column {
  const source = columnSource(reference.name, column.name);
  const value: Value = {
    ...column.value,
    paths: union([new Set([source]), column.value.paths]),
    copied: false,
  };
  return {
    name: column.name,
    value,
    read(_fields, use) {
      pass.facts.columns.add(source);
      for (const beneath of allSources(column.value)) pass.facts.columns.add(beneath);
      noteUse(reference, column.name, false, use);
    },
    require: () => void reference.columns.add(column.name.toLowerCase()),
  };
}
