import type { Range, Script } from '../ast/index.ts';
import type { CatalogTable, ObjectName } from '../catalog.ts';
import { fullName } from '../full-name.ts';
import { typeOfColumn } from '../lineage/type.ts';
import { unknownValue } from '../lineage/value.ts';
import type { Scope } from '../scope/scope.ts';
import type { Column, Source } from '../scope/source.ts';
import { catalogSource } from './catalog-source.ts';
import { newCollector } from './collector.ts';
import type { CollectedTable, Collector } from './collector.ts';
import { createdSource } from './created-source.ts';
import { reportGap } from './pass.ts';
import type { Pass, WalkedView } from './pass.ts';
import { query } from './query.ts';
import type { Reference } from './reference.ts';
import { rowsOf } from './rows.ts';
import type { Rows } from './rows.ts';
import { newScriptState } from './script-state.ts';

const deepest = 16;

/** A view: its text is analysed in its own project, and its columns depend on what it reads. */
export function viewSource(table: CatalogTable, reference: Reference, scope: Scope): Source {
  const { pass } = scope;
  const { view } = table;
  const place = pass.place ?? reference.pathRange;
  if (view === undefined)
    return closedView(table, reference, pass, place, 'has a text that the catalog does not show');
  if (view.legacy) return closedView(table, reference, pass, place, 'is in legacy SQL');
  const inner = withinObject(pass, table.name, place);
  if (inner === undefined) return closedView(table, reference, pass, place, 'lies too deep or names itself');
  const walked = pass.views.get(fullName(table.name)) ?? walkView(table, view.sql, inner, pass);
  if (walked === undefined)
    return closedView(table, reference, pass, place, 'has a text that cannot be read');
  mergeBeneath(atPlace(walked, inner.beneath, place), pass.facts);
  return createdSource(
    { name: table.name, temporary: false, certain: true, rows: walked.rows, table },
    reference,
    pass,
  );
}

function walkView(table: CatalogTable, sql: string, inner: Pass, pass: Pass): WalkedView | undefined {
  const parsed = pass.known.parse(sql);
  const statement = onlyQuery(parsed.script);
  if (statement === undefined) return undefined;
  for (const gap of parsed.gaps) reportGap(inner, gap.code, `${table.name.name}: ${gap.message}`, gap.range);
  const rows = named(query(statement, { pass: inner, commonTables: undefined }), table);
  const walked = { rows, facts: inner.facts, depth: inner.beneath.length };
  pass.views.set(fullName(table.name), walked);
  return walked;
}

/** The facts of a view as they are where it is named now. */
function atPlace({ facts, depth }: WalkedView, beneath: readonly ObjectName[], place: Range): Collector {
  const tables = new Map<string, CollectedTable>();
  for (const table of facts.tables.values()) {
    const chain = [...beneath, ...table.beneath.slice(depth)];
    tables.set([fullName(table.name), ...chain.map(fullName)].join('\n'), { ...table, beneath: chain });
  }
  const gaps = new Map([...facts.gaps].map(([key, gap]) => [key, { ...gap, range: place }]));
  return { ...facts, tables, gaps };
}

function closedView(
  table: CatalogTable,
  reference: Reference,
  pass: Pass,
  place: Range,
  why: string,
): Source {
  reportGap(pass, 'view-depth', `the view ${table.name.dataset}.${table.name.name} ${why}`, place);
  return catalogSource(table, reference, pass);
}

/** A pass for the body of a function that the script itself made: names mean there what they mean here. */
export function withinScriptFunction(pass: Pass, name: ObjectName, place: Range): Pass | undefined {
  const inner = withinObject(pass, name, place);
  if (inner === undefined) return undefined;
  const { project, defaultDataset, script } = pass;
  return { ...inner, project, defaultDataset, script: { ...script, variables: new Map() } };
}

/** A pass for the text of a view or routine; `undefined` when it is already within that text. */
export function withinObject(pass: Pass, name: ObjectName, place: Range): Pass | undefined {
  const again = pass.beneath.some(
    (each) => each.project === name.project && each.dataset === name.dataset && each.name === name.name,
  );
  if (again || pass.beneath.length >= deepest) return undefined;
  return {
    ...pass,
    project: name.project,
    defaultDataset: undefined,
    script: newScriptState(),
    facts: newCollector(),
    beneath: [...pass.beneath, name],
    place,
    arguments: new Map(),
  };
}

export function onlyQuery(script: Script | undefined): Parameters<typeof query>[0] | undefined {
  const statement = script?.statements.length === 1 ? script.statements[0] : undefined;
  return statement?.type === 'queryStatement' ? statement.query : undefined;
}

/** What lies beneath counts for the statement; columns only as far as they reach it, which is noted on use. */
export function mergeBeneath(inner: Collector, outer: Collector): void {
  for (const [key, table] of inner.tables) outer.tables.set(key, table);
  for (const source of inner.influences) {
    outer.influences.add(source);
    outer.columns.add(source);
  }
  for (const name of inner.functions) outer.functions.add(name);
  for (const [key, name] of inner.routines) outer.routines.set(key, name);
  for (const gap of inner.gaps.values()) outer.gap(gap);
  if (inner.flags.has('external')) outer.flags.add('external');
}

/** Columns have the names that the catalog gives them, where it lists as many. */
function named(rows: Rows, table: CatalogTable): Rows {
  if (rows.columns.length !== table.columns.length)
    return rows.open ? rowsOf(table.columns.map(catalogColumn(rows))) : rows;
  return rowsOf(
    rows.columns.map((column, index) => ({
      name: table.columns[index]?.name ?? column.name,
      value: { ...column.value, type: column.value.type ?? typeOf(table, index) },
    })),
  );
}

function typeOf(table: CatalogTable, index: number): Column['value']['type'] {
  const column = table.columns[index];
  return column === undefined ? undefined : typeOfColumn(column);
}

function catalogColumn(rows: Rows): (column: CatalogTable['columns'][number]) => Column {
  return (column) => {
    const found = rows.columns.find((each) => each.name.toLowerCase() === column.name.toLowerCase());
    return { name: column.name, value: { ...(found?.value ?? unknownValue), type: typeOfColumn(column) } };
  };
}
