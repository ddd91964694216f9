import type { ColumnDefinition, Option } from '../ast/index.ts';
import { typeOfDataType } from '../lineage/type.ts';
import { constant } from '../lineage/value.ts';
import { relationOf } from '../scope/relation.ts';
import { childScope } from '../scope/scope.ts';
import type { Scope } from '../scope/scope.ts';
import type { Column } from '../scope/source.ts';
import { expression } from './expression.ts';
import { influence } from './pass.ts';
import { sourceOfColumns } from './rows.ts';

/** What the values of options are made of is kept with the object, where others may read it. */
export function options(nodes: readonly Option[], scope: Scope): void {
  for (const { value } of nodes) influence(scope.pass, expression(value, scope));
}

/** Default values and options of columns name no columns; a generated column is made of the others. */
export function columnSettings(nodes: readonly ColumnDefinition[], scope: Scope): void {
  for (const node of nodes) {
    options(node.options, scope);
    if (node.defaultValue !== undefined) influence(scope.pass, expression(node.defaultValue, scope));
    if (node.generatedFrom !== undefined) expression(node.generatedFrom, ofColumns(nodes, scope));
  }
}

function ofColumns(nodes: readonly ColumnDefinition[], scope: Scope): Scope {
  const columns = nodes.map(definedColumn);
  return childScope(scope, relationOf(sourceOfColumns(columns, undefined, false)));
}

/** A column that a statement lists, without a value. */
export function definedColumn({ name, dataType }: ColumnDefinition): Column {
  const type = dataType === undefined ? undefined : typeOfDataType(dataType);
  return { name: name.name, value: constant(type) };
}

const policies: ReadonlySet<string> = new Set(['data_policies', 'policy_tags']);

/** True if the options say who may read a column. */
export function setsPolicies(nodes: readonly Option[]): boolean {
  return nodes.some(({ name }) => policies.has(name.name.toLowerCase()));
}

/** True if the data of the table lies in somebody's bucket. */
export function isStoredOutside(nodes: readonly Option[]): boolean {
  return nodes.some(({ name }) => name.name.toLowerCase() === 'storage_uri');
}
