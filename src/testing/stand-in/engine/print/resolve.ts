import type { Name, PathExpression } from '../../../../sql/ast/index.ts';
import { physicalField } from '../type/physical-type.ts';
import { structOf, typeText } from '../type/sql-type.ts';
import { failAt } from './context.ts';
import { sameText, type Column, type Scope, type Source } from './scope.ts';
import { quote, type Typed } from './typed.ts';

/** Binds a dotted name: a column, a field below it, a row, a variable. */
export function resolvePath(node: PathExpression, scope: Scope): Typed {
  const found = findInScopes(node.parts, scope);
  if (found !== undefined) return found;
  const [first, ...rest] = node.parts;
  const variable = scope.context.variables.get(first.name.toLowerCase());
  if (variable !== undefined) return fields(variable, rest, scope);
  throw failAt(scope.context, first.range, `Unrecognized name: ${first.name}`);
}

/** Like `resolvePath`, but says nothing where the name means nothing; FROM asks so for arrays. */
export function findInScopes(parts: readonly [Name, ...Name[]], scope: Scope): Typed | undefined {
  for (let at: Scope | undefined = scope; at !== undefined; at = at.closed ? undefined : at.parent) {
    const found = findAlias(parts, at) ?? findColumn(parts, at, scope);
    if (found !== undefined) return found;
  }
  return undefined;
}

function findAlias([first, ...rest]: readonly [Name, ...Name[]], scope: Scope): Typed | undefined {
  const found = scope.aliases?.get(first.name.toLowerCase());
  if (found === 'ambiguous') {
    throw failAt(scope.context, first.range, `Column name ${first.name} is ambiguous`);
  }
  return found === undefined ? undefined : fields(found, rest, scope);
}

function findColumn(parts: readonly [Name, ...Name[]], at: Scope, scope: Scope): Typed | undefined {
  const [first, second, ...rest] = parts;
  const source = at.sources.find((candidate) => sameText(candidate.alias, first.name));
  if (source !== undefined && second !== undefined) {
    const column = source.columns.find((candidate) => sameText(candidate.name, second.name));
    if (column !== undefined) return columnFields(column, rest, scope);
  }
  const columns = at.sources.flatMap((candidate) =>
    candidate.columns.filter((column) => column.shadowed !== true && sameText(column.name, first.name)),
  );
  const [column] = columns;
  const below = second === undefined ? rest : [second, ...rest];
  if (columns.length > 1) throw failAt(scope.context, first.range, `Column name ${first.name} is ambiguous`);
  if (column !== undefined) return columnFields(column, below, scope);
  return source === undefined ? undefined : rowFields(source, parts, scope);
}

function rowFields(
  source: Source,
  [first, second, ...rest]: readonly [Name, ...Name[]],
  scope: Scope,
): Typed {
  if (source.row !== undefined) {
    for (const column of source.columns) column.read?.([]);
    return fields(source.row, second === undefined ? rest : [second, ...rest], scope);
  }
  if (second !== undefined) {
    throw failAt(scope.context, second.range, `Name ${second.name} not found inside ${first.name}`);
  }
  return rowStruct(source);
}

/** A table's alias used as a value is the struct of its columns. */
export function rowStruct(source: Source): Typed {
  const columns = source.columns.filter((column) => column.pseudo !== true);
  for (const column of columns) column.read?.([]);
  const packed = columns.map((column, index) => `${physicalField(index)} := ${column.sql}`);
  return {
    sql: `struct_pack(${packed.join(', ')})`,
    type: structOf(columns.map(({ name, type }) => ({ ...(name === undefined ? {} : { name }), type }))),
  };
}

function columnFields(column: Column, rest: readonly Name[], scope: Scope): Typed {
  column.read?.(rest.map((name) => name.name));
  return fields({ sql: column.sql, type: column.type }, rest, scope);
}

function fields(value: Typed, names: readonly Name[], scope: Scope): Typed {
  return names.reduce((object, name) => fieldOf(object, name, scope), value);
}

/** `object.field` of a STRUCT or a JSON value. */
export function fieldOf(object: Typed, field: Name, scope: Scope): Typed {
  const { type } = object;
  if (type.kind === 'scalar' && type.name === 'JSON') {
    return { sql: `bq_json_member(${object.sql}, ${quote(field.name)})`, type };
  }
  if (type.kind !== 'struct') {
    const shown = typeText(type);
    throw failAt(
      scope.context,
      field.range,
      `Cannot access field ${field.name} on a value with type ${shown}`,
    );
  }
  const index = type.fields.findIndex((candidate) => sameText(candidate.name, field.name));
  const found = type.fields[index];
  if (found === undefined) {
    throw failAt(scope.context, field.range, `Field name ${field.name} does not exist in ${typeText(type)}`);
  }
  const part = object.parts?.[index];
  if (part !== undefined) return part;
  return { sql: `struct_extract(${object.sql}, ${quote(physicalField(index))})`, type: found.type };
}
