import type { Range, TableReference } from '../ast/index.ts';
import type { CatalogTable, ObjectName } from '../catalog.ts';
import type { Access, TableFact } from '../facts.ts';
import { fullName } from '../full-name.ts';
import { informationSchemaTable, isInformationSchema } from '../information-schema-views.ts';
import type { Scope } from '../scope/scope.ts';
import type { Source } from '../scope/source.ts';
import { catalogSource } from './catalog-source.ts';
import { createdSource } from './created-source.ts';
import { wordsOf } from './known.ts';
import type { Lookup } from './known.ts';
import { reportGap } from './pass.ts';
import type { Pass } from './pass.ts';
import type { Reference, ReferenceRole } from './reference.ts';
import { createdTable, refuseAltered } from './script-tables.ts';
import { objectName } from './table-name.ts';
import { unknownSource } from './unknown-source.ts';
import { viewSource } from './view.ts';

/** The source that a table's name stands for; whatever is not known about it is a gap. */
export function namedTable(node: TableReference, access: Access, role: ReferenceRole, scope: Scope): Source {
  const { pass } = scope;
  refuseAltered(node.path, node.pathRange, pass);
  const created = createdTable(node.path, node.pathRange, pass);
  const name = created?.name ?? objectName(node.path, pass);
  if (name === undefined) {
    reportGap(pass, 'unknown-table', `${node.path[0].name} needs a dataset`, node.pathRange);
    const written = pass.known.name('', '', node.path[0].name);
    noteTable(pass, written, 'unknown', access, node.pathRange);
    return unknownSource(written, pass, newReference(node, written, undefined, role, pass), aliasOf(node));
  }
  if (created !== undefined) {
    noteTable(pass, name, created.temporary ? 'temporary' : 'table', access, node.pathRange);
    return createdSource(created, newReference(node, name, created.table, role, pass), pass);
  }
  return catalogTable(node, name, access, role, scope);
}

function catalogTable(
  node: TableReference,
  written: ObjectName,
  access: Access,
  role: ReferenceRole,
  scope: Scope,
): Source {
  const { pass } = scope;
  const found = lookUp(written, pass);
  const table = found.state === 'known' ? found.item : undefined;
  const name = table === undefined ? written : canonicalName(table, pass);
  const schema = isInformationSchema(name);
  noteTable(pass, name, kindOf(name, table), access, node.pathRange);
  const reference = newReference(node, name, table, role, pass);
  if (table !== undefined) {
    return isView(table) && role !== 'target'
      ? viewSource(table, reference, scope)
      : catalogSource(table, reference, pass);
  }
  if (!schema) unknownTable(name, found, node.pathRange, pass);
  return unknownSource(
    name,
    pass,
    reference,
    aliasOf(node),
    node.alias === undefined ? node.path : undefined,
  );
}

function lookUp(name: ObjectName, pass: Pass): Lookup<CatalogTable> {
  if (!isInformationSchema(name)) return pass.known.table(name);
  const item = informationSchemaTable(name);
  return item === undefined ? { state: 'absent' } : { state: 'known', item };
}

/** In a dataset without regard to letter case the catalog says how the table is spelt. */
function canonicalName({ name }: CatalogTable, pass: Pass): ObjectName {
  return pass.known.name(name.project, name.dataset, name.name);
}

function unknownTable(name: ObjectName, found: Lookup<CatalogTable>, range: Range, pass: Pass): void {
  const code = found.state === 'absent' ? 'unknown-table' : 'catalog';
  reportGap(pass, code, `${fullName(name)} ${wordsOf(found)}`, range);
}

function kindOf(name: ObjectName, table: CatalogTable | undefined): TableFact['kind'] {
  if (isInformationSchema(name)) return 'informationSchema';
  if (table === undefined) return 'unknown';
  if (name.name.endsWith('*')) return 'wildcard';
  return isView(table) ? 'view' : 'table';
}

function isView({ kind, view }: CatalogTable): boolean {
  return view !== undefined || kind === 'VIEW' || kind === 'MATERIALIZED_VIEW';
}

export function noteTable(
  pass: Pass,
  name: ObjectName,
  kind: TableFact['kind'],
  access: Access,
  range: Range,
): void {
  const key = [fullName(name), ...pass.beneath.map(fullName)].join('\n');
  let fact = pass.facts.tables.get(key);
  if (fact === undefined) {
    fact = { name, kind, access: new Set(), references: [], beneath: pass.beneath };
    pass.facts.tables.set(key, fact);
  }
  fact.access.add(access);
  const known = fact.references.some((each) => each.start === range.start && each.end === range.end);
  if (pass.beneath.length === 0 && !known) fact.references.push(range);
}

function newReference(
  node: TableReference,
  name: ObjectName,
  table: CatalogTable | undefined,
  role: ReferenceRole,
  pass: Pass,
): Reference {
  const before = pass.facts.references.find(
    (each) => each.pathRange.start === node.pathRange.start && each.role === role,
  );
  if (before !== undefined && pass.beneath.length === 0) return before;
  const reference: Reference = {
    name,
    table,
    role,
    range: node.range,
    pathRange: node.pathRange,
    alias: aliasOf(node),
    hasAlias: node.alias !== undefined,
    path: node.path,
    systemTime: node.systemTime?.range,
    sample: node.sample?.range,
    columns: new Set(),
    reads: new Set(),
    rowUsed: false,
    stars: [],
    pseudo: [],
    qualifiers: [],
  };
  if (pass.beneath.length === 0) pass.facts.references.push(reference);
  return reference;
}

function aliasOf(node: TableReference): string {
  return (node.alias ?? node.path[node.path.length - 1] ?? node.path[0]).name;
}
