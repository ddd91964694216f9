import { aggregate, keyExpression } from './aggregate.ts';
import { expression } from './expression.ts';
import { from, joinedTable, tableItem } from './from.ts';
import { anyType, select } from './query.ts';
import type { Query } from './query.ts';
import { closed, namable, unique } from './scope.ts';
import type { Scope, Source } from './scope.ts';
import { bool, int64, isKey, typeText } from './type.ts';
import type { Column, Type } from './type.ts';
import { windowCall } from './window.ts';

interface Stage {
  readonly text: string;
  readonly sources: readonly Source[];
}

/** A query in pipe syntax. */
export function pipe(scope: Scope, wanted?: readonly Type[]): Query {
  const { choices } = scope;
  const rows = from(scope);
  let state: Stage = { text: `FROM ${rows.text}`, sources: rows.sources };
  for (let left = choices.below(5); left > 0; left -= 1) state = next(scope, state);
  if (wanted === undefined && named(state) && choices.oneIn(2)) {
    return { text: state.text, columns: state.sources.flatMap(columnsOf) };
  }
  const last = selected({ ...scope, sources: state.sources }, state, wanted);
  return { text: last.text, columns: last.sources.flatMap(columnsOf) };
}

/** The analyser does not name the values of UNNEST where nothing selects them. */
const named = (state: Stage): boolean => state.sources.every((source) => !source.alias.startsWith('u'));

function columnsOf(source: Source): readonly Column[] {
  return source.value === undefined ? source.columns : [{ name: source.alias, type: source.value }];
}

const flat = (columns: readonly Column[]): readonly Source[] => [{ alias: '', columns, pseudo: [] }];

function selected(scope: Scope, state: Stage, wanted?: readonly Type[]): Stage {
  const types = wanted ?? [anyType(scope), anyType(scope)];
  const columns = types.map((type) => ({ name: scope.choices.name('v'), type }));
  const list = columns.map(({ name, type }) => `${expression(scope, type)} AS ${name}`).join(', ');
  return { text: `${state.text} |> SELECT ${list}`, sources: flat(columns) };
}

function next(outer: Scope, state: Stage): Stage {
  const scope: Scope = { ...outer, sources: state.sources };
  const { choices } = scope;
  const after = (text: string, sources = state.sources): Stage => ({
    text: `${state.text} |> ${text}`,
    sources,
  });
  const all = state.sources.flatMap(columnsOf);
  const own = unique(all);
  return choices.from(
    () => after(`WHERE ${expression(scope, bool)}`),
    () => extended(scope, after),
    () => selected(scope, state),
    () => aggregated(scope, after),
    () => after(`ORDER BY ${keyExpression(scope)}`),
    () => after('LIMIT 7'),
    () => replaced(scope, own, after),
    () => dropped(scope, own, after),
    () => renamedColumn(scope, own, after),
    () => aliased(scope, after),
    () => joined(outer, state),
    () => united(outer, own, all, after),
    () =>
      all.every((column) => isKey(column.type)) && named(state)
        ? after('DISTINCT', flat(all))
        : after('LIMIT 3'),
  )();
}

type After = (text: string, sources?: readonly Source[]) => Stage;

function extended(scope: Scope, after: After): Stage {
  const column = { name: scope.choices.name('x'), type: anyType(scope) };
  const value = scope.choices.oneIn(4) ? windowCall(scope, column.type) : expression(scope, column.type);
  const source: Source = { alias: '', columns: [column], pseudo: [] };
  return after(`EXTEND ${value} AS ${column.name}`, [...scope.sources, source]);
}

function aggregated(scope: Scope, after: After): Stage {
  const { choices } = scope;
  const column = { name: choices.name('x'), type: choices.from(int64, anyType(scope)) };
  const text = `AGGREGATE ${aggregate(scope, column.type)} AS ${column.name}`;
  const key = choices.of(namable(scope).filter((each) => isKey(each.type)));
  if (key === undefined || choices.oneIn(4)) return after(text, flat([column]));
  const name = choices.name('g');
  const by = choices.from('GROUP BY', 'GROUP AND ORDER BY');
  return after(`${text} ${by} ${key.text} AS ${name}`, flat([{ name, type: key.type }, column]));
}

/** Changes one column and keeps its place. */
function mapped(sources: readonly Source[], column: Column, to: readonly Column[]): readonly Source[] {
  return sources.map((source) => ({
    ...source,
    columns: source.columns.flatMap((each) => (each === column ? to : [each])),
  }));
}

function ofSources(scope: Scope, own: readonly Column[]): Column | undefined {
  return scope.choices.of(
    own.filter((column) => scope.sources.some((source) => source.columns.includes(column))),
  );
}

function replaced(scope: Scope, own: readonly Column[], after: After): Stage {
  const column = ofSources(scope, own);
  if (column === undefined) return after('LIMIT 2');
  return after(`SET ${column.name} = ${expression(scope, column.type)}`);
}

function dropped(scope: Scope, own: readonly Column[], after: After): Stage {
  const column = ofSources(scope, own);
  if (column === undefined || own.length < 2) return after('LIMIT 2');
  return after(`DROP ${column.name}`, mapped(scope.sources, column, []));
}

function renamedColumn(scope: Scope, own: readonly Column[], after: After): Stage {
  const column = ofSources(scope, own);
  if (column === undefined) return after('LIMIT 2');
  const name = scope.choices.name('r');
  return after(`RENAME ${column.name} AS ${name}`, mapped(scope.sources, column, [{ ...column, name }]));
}

function aliased(scope: Scope, after: After): Stage {
  const alias = scope.choices.name('t');
  const columns = scope.sources.flatMap(columnsOf);
  return after(`AS ${alias}`, [{ alias, columns, pseudo: [] }]);
}

function joined(scope: Scope, state: Stage): Stage {
  const right = tableItem({ ...scope, depth: scope.depth - 1 });
  return joinedTable(scope, { text: `${state.text} |>`, sources: state.sources, merged: [] }, right, false);
}

function united(outer: Scope, own: readonly Column[], all: readonly Column[], after: After): Stage {
  if (own.length !== all.length || all.length > 8) return after('LIMIT 4');
  const types = all.map((column) => column.type);
  if (types.some((type) => typeText(type).includes('STRUCT'))) return after('LIMIT 4');
  return after(`UNION ALL (${select(closed(outer), types).text})`, flat(all));
}
