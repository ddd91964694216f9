import type { CatalogColumn, CatalogTable } from '../catalog.ts';
import { columnSource, fieldSource, noSources } from '../lineage/source.ts';
import { typeOfColumn } from '../lineage/type.ts';
import type { Type } from '../lineage/type.ts';
import { structOf } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import type { Column, NameUse, Source } from '../scope/source.ts';
import type { Pass } from './pass.ts';
import type { Reference } from './reference.ts';

/** A table of the catalog. Columns are made when a name asks for them: tables may have thousands. */
export function catalogSource(table: CatalogTable, reference: Reference, pass: Pass): Source {
  const made = new Map<CatalogColumn, Column>();
  const column = (of: CatalogColumn, pseudo: boolean): Column => {
    let found = made.get(of);
    if (found === undefined) made.set(of, (found = tableColumn(of, pseudo, reference, pass)));
    return found;
  };
  return {
    alias: reference.alias,
    table: reference.name,
    ...(reference.hasAlias ? {} : { path: reference.path }),
    open: false,
    columns: () => table.columns.map((each) => column(each, false)),
    find(name) {
      const found = columnNamed(table, name);
      if (found !== undefined) return column(found, false);
      const pseudo = pseudoColumn(table, reference, name);
      return pseudo === undefined ? undefined : column(pseudo, true);
    },
    row() {
      reference.rowUsed = true;
      const columns = table.columns.map((each) => column(each, false));
      for (const each of columns) each.read?.([]);
      return structOf(columns.map(({ name, value }) => ({ name, value })));
    },
    ...starAndQualifier(reference),
  };
}

export function starAndQualifier(reference: Reference): Pick<Source, 'star' | 'qualified'> {
  return {
    star(use) {
      if (reference.stars.every((each) => each.from !== use.from)) reference.stars.push(use);
    },
    qualified(range) {
      if (reference.qualifiers.every((each) => each.start !== range.start)) reference.qualifiers.push(range);
    },
  };
}

function tableColumn(column: CatalogColumn, pseudo: boolean, reference: Reference, pass: Pass): Column {
  const source = columnSource(reference.name, column.name);
  const type = typeOfColumn(column);
  const paths = new Set([source]);
  const value: Value = { type, paths, computed: noSources, copied: true, handed: paths };
  return {
    name: column.name,
    value,
    read(fields, use) {
      pass.facts.columns.add(deepest(source, type, fields));
      noteUse(reference, column.name, pseudo, use);
    },
    require: () => void reference.columns.add(column.name.toLowerCase()),
  };
}

/** The field that a dotted name reaches, as far as it goes through STRUCTs. */
function deepest(
  source: ReturnType<typeof columnSource>,
  type: Type | undefined,
  fields: readonly string[],
): typeof source {
  let reached = source;
  let at = type;
  for (const name of fields) {
    const field: { readonly name: string; readonly type: Type | undefined } | undefined =
      at?.kind === 'struct'
        ? at.fields.find((each) => each.name.toLowerCase() === name.toLowerCase())
        : undefined;
    if (field === undefined) break;
    reached = fieldSource(reached, field.name);
    at = field.type;
  }
  return reached;
}

export function noteUse(reference: Reference, name: string, pseudo: boolean, use: NameUse | undefined): void {
  const key = name.toLowerCase();
  reference.reads.add(key);
  if (!pseudo) reference.columns.add(key);
  else if (use === undefined) reference.rowUsed = true;
  else if (reference.pseudo.every((each) => each.range.start !== use.range.start))
    reference.pseudo.push({ ...use, name: key });
}

const indexes = new WeakMap<CatalogTable, ReadonlyMap<string, CatalogColumn>>();

function columnNamed(table: CatalogTable, name: string): CatalogColumn | undefined {
  let index = indexes.get(table);
  if (index === undefined) {
    index = new Map(table.columns.map((column) => [column.name.toLowerCase(), column]));
    indexes.set(table, index);
  }
  return index.get(name);
}

const suffix: CatalogColumn = { name: '_TABLE_SUFFIX', type: 'STRING', mode: 'NULLABLE' };

function pseudoColumn(table: CatalogTable, reference: Reference, name: string): CatalogColumn | undefined {
  const found = table.pseudoColumns.find((column) => column.name.toLowerCase() === name);
  if (found !== undefined) return found;
  return name === '_table_suffix' && reference.name.name.endsWith('*') ? suffix : undefined;
}
