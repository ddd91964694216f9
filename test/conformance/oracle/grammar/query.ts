import { aggregate, keyExpression } from './aggregate.ts';
import { expression } from './expression.ts';
import { from, tableItem } from './from.ts';
import { pipe } from './pipe.ts';
import { closed, namable, unique } from './scope.ts';
import type { Scope, Typed } from './scope.ts';
import { arrayOf, bool, int64, isKey, scalar, string } from './type.ts';
import type { Column, Type } from './type.ts';
import { window, windowCall, windowOfAggregates } from './window.ts';

export interface Query {
  readonly text: string;
  readonly columns: readonly Column[];
}

/** A query with the columns wanted, or with any. */
export function query(scope: Scope, wanted?: readonly Type[]): Query {
  const { choices } = scope;
  if (scope.depth > 0 && choices.oneIn(6)) return withTables(scope, wanted);
  return choices.from(
    () => select(scope, wanted),
    () => select(scope, wanted),
    () => select(scope, wanted),
    () => ordered(scope, wanted),
    () => combined(scope, wanted ?? anyTypes(scope)),
    () => pipe(scope, wanted),
  )();
}

export function anyTypes(scope: Scope): readonly Type[] {
  const { choices } = scope;
  return Array.from({ length: 1 + choices.below(3) }, () => anyType(scope));
}

export function anyType(scope: Scope): Type {
  const known = namable(scope);
  const picked = scope.choices.of(known);
  if (picked !== undefined && !scope.choices.oneIn(4)) return picked.type;
  const { choices } = scope;
  return choices.from(
    int64,
    string,
    bool,
    scalar('NUMERIC'),
    scalar('DATE'),
    scalar('JSON'),
    arrayOf(string),
  );
}

function withTables(scope: Scope, wanted?: readonly Type[]): Query {
  const { choices } = scope;
  const recursive = choices.oneIn(3);
  const parts: string[] = [];
  let inner: Scope = { ...scope, depth: scope.depth - 1 };
  for (let left = 1 + choices.below(2); left > 0; left -= 1) {
    const name = choices.oneIn(6) ? choices.from('customers', 'orders') : choices.name('c');
    const made = recursive && choices.oneIn(2) ? recursion(inner, name) : query({ ...closed(inner) });
    parts.push(`${name} AS (${made.text})`);
    inner = { ...inner, tables: new Map([...inner.tables, [name, unique(made.columns)]]) };
  }
  const { text, columns } = query(inner, wanted);
  return { text: `WITH ${recursive ? 'RECURSIVE ' : ''}${parts.join(', ')} ${text}`, columns };
}

function recursion(scope: Scope, name: string): Query {
  const types = [int64, string];
  const first = select(closed(scope), types);
  const alias = scope.choices.name('t');
  const other = tableItem({ ...closed(scope), depth: 0, tables: new Map() });
  const inner: Scope = {
    ...closed(scope),
    depth: 0,
    sources: [{ alias, columns: first.columns, pseudo: [] }, ...other.sources],
  };
  const list = types.map((type) => expression(inner, type)).join(', ');
  const rows = `FROM ${name} AS ${alias} JOIN ${other.text}`;
  const condition = `ON ${expression(inner, bool, 1)}`;
  return { text: `${first.text} UNION ALL SELECT ${list} ${rows} ${condition}`, columns: first.columns };
}

/** With ORDER BY and LIMIT, which see the select list. */
function ordered(scope: Scope, wanted?: readonly Type[]): Query {
  const { choices } = scope;
  const { text, columns } = select(scope, wanted);
  const key = choices.of(unique(columns).filter((column) => isKey(column.type)));
  const by = key === undefined ? '' : ` ORDER BY ${choices.from(key.name, `${key.name} DESC NULLS LAST`)}`;
  return { text: `${text}${by}${choices.from('', ' LIMIT 3', ' LIMIT 5 OFFSET 1')}`, columns };
}

function combined(scope: Scope, wanted: readonly Type[]): Query {
  const { choices } = scope;
  const keys = wanted.every(isKey);
  const word = choices.from(
    'UNION ALL',
    ...(keys ? ['UNION DISTINCT', 'EXCEPT DISTINCT', 'INTERSECT DISTINCT'] : []),
    'UNION ALL BY NAME',
    'UNION ALL CORRESPONDING',
    'FULL UNION ALL BY NAME',
  );
  const left = select(scope, wanted);
  const right = select(scope, wanted);
  const named = word.includes('NAME') || word.includes('CORRESPONDING');
  const second = named ? `SELECT ${renamed(left, right, choices.oneIn(2))} FROM (${right.text})` : right.text;
  const third = !named && choices.oneIn(4) ? ` ${word} (${select(scope, wanted).text})` : '';
  return { text: `${left.text} ${word} ${second}${third}`, columns: left.columns };
}

/** The columns of the second query under the names of the first. */
function renamed(left: Query, right: Query, reversed: boolean): string {
  const list = right.columns.map((column, index) => `${column.name} AS ${left.columns[index]?.name}`);
  return (reversed ? list.toReversed() : list).join(', ');
}

/** One SELECT; every wanted column has a name. */
export function select(scope: Scope, wanted?: readonly Type[]): Query {
  const { choices } = scope;
  const rows = from(scope);
  const inner: Scope = { ...scope, sources: rows.sources, names: rows.merged };
  const where = choices.oneIn(3) ? ` WHERE ${expression(inner, bool)}` : '';
  const clauses = `FROM ${rows.text}${where}`;
  return choices.from(
    () => plain(inner, clauses, wanted),
    () => plain(inner, clauses, wanted),
    () => grouped(inner, clauses, wanted ?? anyTypes(inner)),
    () => windowed(inner, clauses, wanted ?? anyTypes(inner)),
  )();
}

interface Items {
  readonly text: string;
  readonly columns: readonly Column[];
}

function plain(scope: Scope, clauses: string, wanted?: readonly Type[]): Query {
  const { text, columns } = wanted === undefined ? items(scope) : listed(scope, wanted, expression);
  const distinct = scope.choices.oneIn(6) && columns.every((column) => isKey(column.type)) ? 'DISTINCT ' : '';
  return { text: `SELECT ${distinct}${text} ${clauses}`, columns };
}

function listed(scope: Scope, types: readonly Type[], value: (scope: Scope, type: Type) => string): Items {
  const columns = types.map((type) => ({ name: scope.choices.name('v'), type }));
  return { text: columns.map(({ name, type }) => `${value(scope, type)} AS ${name}`).join(', '), columns };
}

function items(scope: Scope): Items {
  const made = Array.from({ length: 1 + scope.choices.below(3) }, () => item(scope));
  return {
    text: made.map((each) => each.text).join(', '),
    columns: made.flatMap((each) => each.columns),
  };
}

function item(scope: Scope): Items {
  const { choices } = scope;
  const type = anyType(scope);
  return choices.from(
    () => listed(scope, [type], expression),
    () => bare(scope),
    () => star(scope),
    () => sourceStar(scope),
    () => structStar(scope),
  )();
}

function bare(scope: Scope): Items {
  const column = scope.choices.of(namable(scope));
  if (column === undefined) return listed(scope, [int64], expression);
  return { text: column.text, columns: [{ name: column.text.split('.').at(-1) ?? '', type: column.type }] };
}

function star(scope: Scope): Items {
  const columns = scope.sources.flatMap((source) =>
    source.value === undefined ? source.columns : [{ name: source.alias, type: source.value }],
  );
  if (columns.length === 0) return bare(scope);
  return changed(scope, '*', columns);
}

function sourceStar(scope: Scope): Items {
  const source = scope.choices.of(
    scope.sources.filter((each) => each.value === undefined && each.alias !== '' && each.columns.length > 0),
  );
  return source === undefined ? bare(scope) : changed(scope, `${source.alias}.*`, source.columns);
}

function structStar(scope: Scope): Items {
  const value = scope.choices.of(namable(scope).filter((each) => each.type.kind === 'struct'));
  if (value?.type.kind !== 'struct') return bare(scope);
  return changed(scope, `${value.text}.*`, value.type.fields);
}

function changed(scope: Scope, text: string, columns: readonly Column[]): Items {
  const { choices } = scope;
  const column = choices.of(unique(columns));
  if (column === undefined || columns.length < 2) return { text, columns };
  return choices.from(
    () => ({ text, columns }),
    () => ({ text: `${text} EXCEPT (${column.name})`, columns: columns.filter((each) => each !== column) }),
    () => ({ text: `${text} REPLACE (${expression(scope, column.type)} AS ${column.name})`, columns }),
  )();
}

function grouped(scope: Scope, clauses: string, wanted: readonly Type[]): Query {
  const { choices } = scope;
  const keys = groupKeys(scope);
  const value = (type: Type): string => {
    const own = keys.filter((key) => typeOf(key) === typeOf({ text: '', type }));
    const key = choices.oneIn(2) ? choices.of(own) : undefined;
    if (key !== undefined) return key.text;
    return choices.oneIn(8) ? windowOfAggregates(scope, type) : aggregate(scope, type);
  };
  const made = listed(scope, wanted, (_, type) => value(type));
  const having = choices.oneIn(4) ? ` HAVING ${aggregate(scope, int64)} > 1` : '';
  if (keys.length === 0) return { text: `SELECT ${made.text} ${clauses}${having}`, columns: made.columns };
  const names = keys.map((key) => key.text).join(', ');
  const by = choices.from(
    names,
    names,
    `ROLLUP (${names})`,
    `CUBE (${names})`,
    `GROUPING SETS ((${names}), ())`,
  );
  return { text: `SELECT ${made.text} ${clauses} GROUP BY ${by}${having}`, columns: made.columns };
}

const typeOf = (value: Typed): string => JSON.stringify(value.type);

function groupKeys(scope: Scope): readonly Typed[] {
  const { choices } = scope;
  const columns = namable(scope).filter((each) => isKey(each.type));
  const picked = [choices.of(columns), choices.oneIn(2) ? choices.of(columns) : undefined];
  return choices.oneIn(5) ? [] : picked.filter((each) => each !== undefined);
}

function windowed(scope: Scope, clauses: string, wanted: readonly Type[]): Query {
  const { choices } = scope;
  const name = choices.oneIn(4) ? choices.name('w') : undefined;
  const made = listed(scope, wanted, (_, type) =>
    choices.oneIn(2) ? windowCall(scope, type, name) : expression(scope, type),
  );
  const qualify = choices.oneIn(2)
    ? ` QUALIFY ${windowCall(scope, int64, name)} = 1`
    : choices.oneIn(3)
      ? ` QUALIFY ROW_NUMBER() OVER ${window(scope)} < 3`
      : '';
  const named = name === undefined ? '' : ` WINDOW ${name} AS (ORDER BY ${keyExpression(scope)})`;
  return { text: `SELECT ${made.text} ${clauses}${qualify}${named}`, columns: made.columns };
}
