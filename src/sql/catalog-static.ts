import type { Catalog, CatalogColumn, CatalogRoutine, CatalogTable, ObjectName } from './catalog.ts';
import { fullName } from './full-name.ts';
import { columnOfType } from './catalog-type.ts';

/** A column as GoogleSQL type text, or as BigQuery's `TableFieldSchema`. */
export interface StaticColumn {
  readonly name: string;
  readonly type: string;
  readonly mode?: string;
  readonly fields?: readonly StaticColumn[];
  readonly policyTags?: readonly string[] | { readonly names?: readonly string[] };
  /** A pseudo column: outside `*`. */
  readonly hidden?: boolean;
}

export interface StaticTable extends Partial<
  Omit<CatalogTable, 'name' | 'columns' | 'view' | 'pseudoColumns'>
> {
  /** `project.dataset.table`; a name that ends in `*` describes all tables of that prefix. */
  readonly name: string;
  readonly columns: readonly StaticColumn[] | Readonly<Record<string, string>>;
  readonly pseudoColumns?: readonly StaticColumn[];
  /** The text of a view. */
  readonly view?: string | CatalogTable['view'];
}

export interface StaticRoutine extends Partial<Omit<CatalogRoutine, 'name'>> {
  readonly name: string;
}

export interface StaticCatalog {
  readonly tables: readonly StaticTable[];
  readonly routines?: readonly StaticRoutine[];
  /** Names of datasets and tables compare without regard to letter case, as datasets can be set to do. */
  readonly caseInsensitive?: boolean;
}

/**
 * A catalog out of a plain object, such as a parsed JSON or YAML file. For tests, and where schemas are
 * kept with the code.
 *
 * ```ts
 * staticCatalog({ tables: [{ name: 'acme.shop.customers', columns: { id: 'INT64', email: 'STRING' } }] });
 * ```
 */
export function staticCatalog(source: StaticCatalog): Catalog {
  const key = (name: string): string => (source.caseInsensitive === true ? name.toLowerCase() : name);
  const tables = new Map(source.tables.map((table) => [key(table.name), staticTable(table)]));
  const routines = new Map(
    (source.routines ?? []).map((routine) => [key(routine.name), staticRoutine(routine)]),
  );
  const wildcards = new Map<string, CatalogTable | undefined>();
  return {
    table: (name) =>
      Promise.resolve(
        tables.get(key(fullName(name))) ?? wildcard(name, key(fullName(name)), tables, wildcards),
      ),
    routine: (name) => Promise.resolve(routines.get(key(fullName(name)))),
  };
}

function objectName(name: string): ObjectName {
  const parts = name.split('.');
  const [dataset, table] = parts.slice(-2);
  if (parts.length < 3 || dataset === undefined || table === undefined) {
    throw new TypeError(`${name} is not of the form project.dataset.name.`);
  }
  return { project: parts.slice(0, -2).join('.'), dataset, name: table };
}

/** The latest table whose name begins so. */
function wildcard(
  name: ObjectName,
  wanted: string,
  tables: ReadonlyMap<string, CatalogTable>,
  made: Map<string, CatalogTable | undefined>,
): CatalogTable | undefined {
  if (!name.name.endsWith('*')) return undefined;
  if (!made.has(wanted)) made.set(wanted, latest(name, wanted.slice(0, -1), tables));
  return made.get(wanted);
}

function latest(
  name: ObjectName,
  prefix: string,
  tables: ReadonlyMap<string, CatalogTable>,
): CatalogTable | undefined {
  const matching = [...tables]
    .filter(([each]) => each.startsWith(prefix))
    .toSorted(([a], [b]) => (a < b ? 1 : -1));
  const found = matching[0]?.[1];
  return found === undefined ? undefined : { ...found, name };
}

function staticTable(table: StaticTable): CatalogTable {
  const { view, columns, pseudoColumns, name, ...rest } = table;
  const list = Array.isArray(columns)
    ? columns.filter(isStaticColumn)
    : Object.entries(columns).map(([each, type]) => ({ name: each, type: String(type) }));
  const all: readonly StaticColumn[] = list;
  return {
    kind: view === undefined ? 'TABLE' : 'VIEW',
    ...rest,
    name: objectName(name),
    columns: all.filter((column) => column.hidden !== true).map(staticColumn),
    pseudoColumns: [...all.filter((column) => column.hidden === true), ...(pseudoColumns ?? [])].map(
      staticColumn,
    ),
    ...(view === undefined ? {} : { view: typeof view === 'string' ? { sql: view, legacy: false } : view }),
  };
}

function isStaticColumn(column: unknown): column is StaticColumn {
  return typeof column === 'object' && column !== null && 'name' in column && 'type' in column;
}

function staticColumn(column: StaticColumn): CatalogColumn {
  const base =
    column.fields === undefined ? columnOfType(column.name, column.type) : fieldColumn(column, column.fields);
  const tags = column.policyTags;
  const names =
    tags === undefined
      ? undefined
      : 'names' in tags
        ? tags.names
        : Array.isArray(tags)
          ? tags.map(String)
          : undefined;
  return {
    ...base,
    mode: modeOf(column.mode) ?? base.mode,
    ...(names === undefined ? {} : { policyTags: names }),
  };
}

function fieldColumn(column: StaticColumn, fields: readonly StaticColumn[]): CatalogColumn {
  return { name: column.name, type: 'STRUCT', mode: 'NULLABLE', fields: fields.map(staticColumn) };
}

function modeOf(mode: string | undefined): CatalogColumn['mode'] | undefined {
  switch (mode?.toUpperCase()) {
    case 'REPEATED':
      return 'REPEATED';
    case 'REQUIRED':
      return 'REQUIRED';
    case 'NULLABLE':
      return 'NULLABLE';
    case undefined:
    default:
      return undefined;
  }
}

function staticRoutine(routine: StaticRoutine): CatalogRoutine {
  return {
    kind: 'SCALAR_FUNCTION',
    language: 'SQL',
    parameters: [],
    ...routine,
    name: objectName(routine.name),
  };
}
