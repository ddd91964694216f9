import type { Path, Range } from '../ast/index.ts';
import type { CatalogTable, ObjectName } from '../catalog.ts';
import { fullName } from '../full-name.ts';
import { union } from '../lineage/source.ts';
import { allSources } from '../lineage/value.ts';
import { reportGap } from './pass.ts';
import type { Pass } from './pass.ts';
import type { Rows } from './rows.ts';
import type { CreatedTable } from './script-state.ts';
import { objectName } from './table-name.ts';

export interface Creation {
  readonly name: ObjectName;
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly rows: Rows;
  readonly range: Range;
}

/** Remembers a table for the statements that follow. Of two that may both be there, both are read. */
export function keepTable({ name, temporary, ifNotExists, rows, range }: Creation, pass: Pass): void {
  const key = temporary ? name.name : fullName(name);
  const before = pass.script.tables.get(key);
  if (before === undefined) {
    const stays = ifNotExists && !temporary && pass.known.table(name).state !== 'absent';
    if (!stays)
      pass.script.tables.set(key, { name, temporary, certain: !pass.conditional, rows, table: undefined });
    return;
  }
  if (ifNotExists && before.certain) return;
  const alike = sameNames(before.rows, rows);
  if (!alike && (ifNotExists || pass.conditional)) {
    reportGap(pass, 'unsupported', `${name.name} may be one of two tables with other columns`, range);
  }
  const kept = alike ? bothRows(before.rows, rows) : rows;
  pass.script.tables.set(key, {
    name,
    temporary,
    certain: before.certain || !pass.conditional,
    rows: kept,
    table: undefined,
  });
}

function sameNames(a: { readonly columns: readonly { readonly name: string }[] }, b: typeof a): boolean {
  if (a.columns.length !== b.columns.length) return false;
  return a.columns.every(
    (column, index) => column.name.toLowerCase() === b.columns[index]?.name.toLowerCase(),
  );
}

function bothRows(before: Rows, rows: Rows): Rows {
  const columns = before.columns.map((column, index) => {
    const other = rows.columns[index]?.value;
    const computed =
      other === undefined ? column.value.computed : union([column.value.computed, allSources(other)]);
    return { name: column.name, value: { ...column.value, computed, copied: false } };
  });
  return { columns, open: before.open || rows.open };
}

/** The table of that name which the script made; whether it is that one must not be in doubt. */
export function createdTable(path: Path, range: Range, pass: Pass): CreatedTable | undefined {
  const { tables } = pass.script;
  if (tables.size === 0) return undefined;
  const last = path[path.length - 1] ?? path[0];
  const session = path[0].name.toLowerCase() === '_session';
  const temporary = path.length === 1 || session ? tables.get(last.name) : undefined;
  const name = objectName(path, pass);
  const found = temporary ?? (name === undefined ? undefined : tables.get(fullName(name)));
  if (found === undefined) return undefined;
  const doubt = temporary === undefined ? replaced(found, pass) : session ? undefined : hidden(name, pass);
  if (doubt !== undefined) reportGap(pass, 'ambiguous-name', doubt, range);
  return found;
}

/** A temporary table may be gone, or was never made, where a table of the default dataset has its name. */
function hidden(name: ObjectName | undefined, pass: Pass): string | undefined {
  if (name === undefined || pass.known.table(name).state === 'absent') return undefined;
  return `${name.name} may be a temporary table or one of the dataset ${name.dataset}`;
}

/** The table that was there before may still be the one that is read. */
function replaced({ name, rows }: CreatedTable, pass: Pass): string | undefined {
  const before = pass.known.table(name);
  const alike = before.state === 'known' && isPlain(before.item) && sameNames(rows, before.item);
  if (before.state === 'absent' || alike) return undefined;
  return `${name.name} may be the table before or after this script replaces it`;
}

function isPlain(table: CatalogTable): boolean {
  return table.view === undefined;
}

/** What an altered table is, the catalog does not say. */
export function refuseAltered(path: Path, range: Range, pass: Pass): void {
  const { altered } = pass.script;
  if (altered.size === 0) return;
  const name = objectName(path, pass);
  const isAltered =
    (path.length === 1 && altered.has(path[0].name)) || (name !== undefined && altered.has(fullName(name)));
  if (isAltered) reportGap(pass, 'unsupported', 'a table is used after this script altered it', range);
}
