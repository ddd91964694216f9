// oxlint-disable typescript/switch-exhaustiveness-check -- nodes of six dialects; what is not named is refused
import type { Drop, Expression, OtherDdl, Path } from '../../ast/index.ts';
import { eat, rangeOf, unexpected, type Leaf, type Reader } from '../reader.ts';
import { refuse } from '../refusal.ts';
import type { Node, NodeOf } from '../tree.ts';
import { convertExpression } from './expressions.ts';
import { objectPathOf, tokenOf } from './names.ts';
import { optionsOf } from './options.ts';
import { mustBeAbsent, mustReadNothing, sweep } from './sweep.ts';

type Words = readonly (Leaf | readonly Leaf[] | undefined)[];

/** Eats keywords and joins them: `CREATE`, `SEARCH`, `INDEX`. */
const kindOf = (reader: Reader, words: Words): string => {
  const leaves = words.flat().filter((word) => word !== undefined);
  eat(reader, leaves);
  return leaves.map((leaf) => tokenOf(reader, leaf).keyword).join(' ');
};

const other = (
  reader: Reader,
  node: Node,
  kind: string,
  rest: Pick<OtherDdl, 'object' | 'targets'> & { readonly expressions?: readonly Expression[] },
): OtherDdl => ({
  type: 'otherDdl',
  kind,
  expressions: [],
  ...rest,
  range: rangeOf(reader, node),
});

type Drops = NodeOf<
  'drop_table_stmt' | 'drop_view_stmt' | 'drop_schema_stmt' | 'drop_function_stmt' | 'drop_procedure_stmt'
>;

export const drop = (reader: Reader, node: Drops): Drop => {
  const { kind, names } = dropped(reader, node);
  eat(reader, node.ifExistsKw, node.behaviorKw);
  const [name, ...others] = names;
  const range = rangeOf(reader, node);
  if (name === undefined || others.length > 0) return refuse('syntax', 'One name is expected.', range);
  const cascade = node.behaviorKw !== undefined && tokenOf(reader, node.behaviorKw).keyword === 'CASCADE';
  return { type: 'drop', kind, name, ifExists: node.ifExistsKw !== undefined, cascade, range };
};

const dropped = (reader: Reader, node: Drops): { kind: string; names: readonly Path[] } => {
  switch (node.type) {
    case 'drop_table_stmt':
      eat(reader, node.dropKw);
      return {
        kind: kindOf(reader, [node.kind?.kindKw, node.tableKw].flat()),
        names: paths(reader, node.tables),
      };
    case 'drop_view_stmt':
      eat(reader, node.dropKw);
      return {
        kind: kindOf(reader, [node.kind?.kindKw, node.viewKw].flat()),
        names: paths(reader, node.views),
      };
    case 'drop_schema_stmt':
      eat(reader, node.dropSchemaKw);
      return { kind: 'SCHEMA', names: paths(reader, node.schemas) };
    case 'drop_function_stmt':
      eat(reader, node.dropKw);
      return {
        kind: kindOf(reader, [node.tableKw, node.functionKw]),
        names: signatures(reader, node.signatures.items),
      };
    default:
      eat(reader, node.dropKw);
      return { kind: kindOf(reader, [node.procedureKw]), names: signatures(reader, node.signatures.items) };
  }
};

const paths = (reader: Reader, list: { readonly items: readonly Node[] }): readonly Path[] =>
  list.items.map((item) => objectPathOf(reader, item));

const signatures = (reader: Reader, items: readonly NodeOf<'function_signature'>[]): readonly Path[] =>
  items.map((item) => {
    mustBeAbsent(reader, item.params);
    return objectPathOf(reader, item.name);
  });

export const dropRowAccessPolicy = (reader: Reader, node: NodeOf<'drop_row_access_policy_stmt'>): Drop => {
  eat(reader, node.dropKw, node.allKw, node.rowAccessPolicyKw, node.ifExistsKw, node.onKw);
  if (node.name !== undefined) sweep(reader, node.name);
  const name = objectPathOf(reader, node.table);
  const kind = node.allKw === undefined ? 'ROW ACCESS POLICY' : 'ALL ROW ACCESS POLICIES';
  const ifExists = node.ifExistsKw !== undefined;
  return { type: 'drop', kind, name, ifExists, cascade: false, range: rangeOf(reader, node) };
};

export const rowAccessPolicy = (reader: Reader, node: NodeOf<'create_row_access_policy_stmt'>): OtherDdl => {
  eat(reader, node.createKw, node.orReplaceKw, node.rowAccessPolicyKw, node.ifNotExistsKw, node.onKw);
  sweep(reader, node.name);
  const targets = [objectPathOf(reader, node.table)];
  const expressions = node.clauses.flatMap((clause) => {
    if (clause.type === 'row_access_policy_grant_clause') {
      sweep(reader, clause);
      return [];
    }
    eat(reader, clause.filterUsingKw);
    return [convertExpression(reader, clause.expr)];
  });
  return other(reader, node, 'CREATE ROW ACCESS POLICY', { object: 'table', targets, expressions });
};

export const alterView = (reader: Reader, node: NodeOf<'alter_view_stmt'>): OtherDdl => {
  mustBeAbsent(reader, node.columns);
  const kind = `ALTER ${kindOf(reader, [node.kind?.kindKw, node.viewKw].flat())}`;
  eat(reader, node.alterKw, node.ifExistsKw);
  const targets = [objectPathOf(reader, node.name)];
  for (const action of node.actions.items) optionAction(reader, action);
  return other(reader, node, kind, { object: 'table', targets });
};

export const alterSchema = (reader: Reader, node: NodeOf<'alter_schema_stmt'>): OtherDdl => {
  eat(reader, node.alterSchemaKw, node.ifExistsKw);
  const targets = [objectPathOf(reader, node.name)];
  for (const action of node.actions) optionAction(reader, action);
  return other(reader, node, 'ALTER SCHEMA', { object: 'other', targets });
};

const optionAction = (reader: Reader, node: Node): void => {
  if (node.type === 'alter_action_set_bigquery_options') {
    eat(reader, node.setKw);
    mustReadNothing(reader, node, optionsOf(reader, node.options));
  } else if (node.type === 'alter_action_set_default_collate' || node.type === 'alter_action_alter_column') {
    sweep(reader, node);
  } else unexpected(reader, node);
};

type Administration = NodeOf<
  | 'create_capacity_stmt'
  | 'drop_capacity_stmt'
  | 'create_reservation_stmt'
  | 'drop_reservation_stmt'
  | 'create_assignment_stmt'
  | 'drop_assignment_stmt'
  | 'alter_organization_stmt'
  | 'alter_project_stmt'
  | 'alter_bi_capacity_stmt'
  | 'alter_capacity_stmt'
  | 'alter_reservation_stmt'
>;

/** Capacity, reservations, projects: named, not analysed further. */
export const administration = (reader: Reader, node: Administration): OtherDdl => {
  const kind = node.type
    .replace(/_stmt$/, '')
    .replaceAll('_', ' ')
    .toUpperCase();
  const targets = 'name' in node ? [objectPathOf(reader, node.name)] : [];
  sweep(reader, node);
  return other(reader, node, kind, { object: 'other', targets });
};
