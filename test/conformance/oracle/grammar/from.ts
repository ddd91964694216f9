import { expression } from './expression.ts';
import { query, select } from './query.ts';
import { closed, namable, unique } from './scope.ts';
import type { Scope, Source } from './scope.ts';
import { tables } from './shop.ts';
import type { Table } from './shop.ts';
import { bool, int64, isKey, same, scalar, string, structOf } from './type.ts';
import type { Column, Type } from './type.ts';

export interface From {
  readonly text: string;
  readonly sources: readonly Source[];
  /** Columns that USING made one of. */
  readonly merged: readonly Column[];
}

export function from(scope: Scope): From {
  let made: From = { ...tableItem(scope), merged: [] };
  while (made.sources.length < 4 && scope.choices.below(10) > 5) made = joined(scope, made);
  return made;
}

interface Item {
  readonly text: string;
  readonly sources: readonly Source[];
}

function joined(scope: Scope, left: From): From {
  const inner: Scope = { ...scope, sources: left.sources };
  const { choices } = scope;
  if (choices.oneIn(3)) {
    const array = arrayItem(inner);
    if (array !== undefined) {
      const word = choices.from(', ', ' CROSS JOIN ', ' LEFT JOIN ', ' INNER JOIN ');
      return {
        ...left,
        text: `${left.text}${word}${array.text}`,
        sources: [...left.sources, ...array.sources],
      };
    }
  }
  return joinedTable(scope, left, tableItem(scope));
}

export function joinedTable(scope: Scope, left: From, right: Item, comma = true): From {
  const { choices } = scope;
  const sources = [...left.sources, ...right.sources];
  if (choices.oneIn(5)) {
    const word = comma ? choices.from(', ', ' CROSS JOIN ') : ' CROSS JOIN ';
    return { ...left, text: `${left.text}${word}${right.text}`, sources };
  }
  const word = choices.from(' JOIN ', ' LEFT JOIN ', ' RIGHT JOIN ', ' FULL OUTER JOIN ', ' INNER JOIN ');
  const shared = choices.of(commonColumns(left, right));
  if (shared !== undefined && choices.oneIn(2)) {
    const merged = [...left.merged.filter((each) => each.name !== shared.name), shared];
    return { text: `${left.text}${word}${right.text} USING (${shared.name})`, sources, merged };
  }
  const condition = joinCondition({ ...scope, sources });
  return { ...left, text: `${left.text}${word}${right.text} ON ${condition}`, sources };
}

function joinCondition(scope: Scope): string {
  const keys = namable(scope).filter((each) => isKey(each.type));
  const a = scope.choices.of(keys);
  const b = scope.choices.of(keys.filter((each) => a !== undefined && same(each.type, a.type)));
  if (a === undefined || b === undefined || scope.choices.oneIn(4)) return expression(scope, bool, 1);
  return `${a.text} = ${b.text}`;
}

function commonColumns(left: From, right: Item): readonly Column[] {
  const others = unique(right.sources.flatMap((source) => source.columns));
  const mine = unique(left.sources.flatMap((source) => source.columns));
  return mine.filter(
    (column) =>
      isKey(column.type) && others.some((each) => each.name === column.name && same(each.type, column.type)),
  );
}

/** Something that stands in FROM on its own. */
export function tableItem(scope: Scope): Item {
  const { choices } = scope;
  const named = [...scope.tables];
  if (scope.depth <= 0 || choices.below(10) < 5) {
    const common = choices.oneIn(2) ? choices.of(named) : undefined;
    return common === undefined ? stored(scope) : commonTable(scope, common);
  }
  return choices.from(
    () => stored(scope),
    () => subquery(scope),
    () => unnest(scope),
    () => pivot(scope),
    () => unpivot(scope),
  )();
}

function commonTable({ choices }: Scope, [name, columns]: readonly [string, readonly Column[]]): Item {
  const alias = choices.oneIn(2) ? choices.name('t') : undefined;
  const text = alias === undefined ? name : `${name} AS ${alias}`;
  return { text, sources: [{ alias: alias ?? name, columns, pseudo: [] }] };
}

export function columnsOf(fields: Readonly<Record<string, Type>>): readonly Column[] {
  return Object.entries(fields).map(([name, type]) => ({ name, type }));
}

function stored(scope: Scope): Item {
  const { choices } = scope;
  const table = choices.of(tables);
  if (table === undefined) throw new Error('There are no tables.');
  const bare = choices.oneIn(4);
  const written = writtenName(scope, table);
  if (table.view !== undefined && scope.inlineViews) {
    const alias = bare && !written.startsWith('`') ? lastPart(table) : choices.name('t');
    return {
      text: `(${table.view}) AS ${alias}`,
      sources: [{ alias, columns: columnsOf(table.columns), pseudo: [] }],
    };
  }
  // To the analyser a name in one pair of back-quotes is one long alias; to BigQuery it is not.
  const alias = bare && !written.startsWith('`') ? undefined : choices.name('t');
  const text = alias === undefined ? written : `${written} AS ${alias}`;
  const source: Source = {
    alias: alias ?? lastPart(table),
    columns: columnsOf(table.columns),
    pseudo: columnsOf(table.pseudo ?? {}),
  };
  return { text, sources: [source] };
}

const lastPart = (table: Table): string => table.name.split('.').at(-1) ?? '';

export function writtenName({ choices }: Scope, { name }: Table): string {
  const parts = name.split('.');
  const short = name.startsWith('p.shop.') ? [lastPart({ name, columns: {} }), parts.slice(1).join('.')] : [];
  return choices.from(name, `\`${name}\``, `\`${parts[0]}\`.${parts[1]}.\`${parts[2]}\``, ...short);
}

function subquery(scope: Scope): Item {
  const { choices } = scope;
  const { text, columns } = query(closed(scope));
  const alias = choices.name('t');
  return { text: `(${text}) AS ${alias}`, sources: [{ alias, columns, pseudo: [] }] };
}

function elementSource(alias: string, element: Type): Source {
  return element.kind === 'struct'
    ? { alias, columns: element.fields, pseudo: [] }
    : { alias, columns: [], pseudo: [], value: element };
}

function unnest(scope: Scope): Item {
  const { choices } = scope;
  if (scope.outer !== undefined && choices.oneIn(2)) {
    const outer = arrayItem(scope.outer);
    if (outer !== undefined) return outer;
  }
  const alias = choices.name('u');
  return choices.from(
    () => ({ text: `UNNEST([1, 2]) AS ${alias}`, sources: [elementSource(alias, int64)] }),
    () => ({ text: `UNNEST(['a']) AS ${alias}`, sources: [elementSource(alias, string)] }),
    () => ({
      text: `UNNEST([STRUCT(1 AS n, 'a' AS s)]) AS ${alias}`,
      sources: [elementSource(alias, structOf({ n: int64, s: string }))],
    }),
  )();
}

/** An array of the scope's rows, unnested. */
function arrayItem(scope: Scope): Item | undefined {
  const { choices } = scope;
  const array = choices.of(
    namable(scope).filter((each) => each.type.kind === 'array' && each.text.includes('.')),
  );
  if (array === undefined || array.type.kind !== 'array') return undefined;
  const alias = choices.name('u');
  const source = elementSource(alias, array.type.element);
  const plain = choices.oneIn(3) ? `${array.text} AS ${alias}` : `UNNEST(${array.text}) AS ${alias}`;
  if (!choices.oneIn(3)) return { text: plain, sources: [source] };
  const offset = choices.name('o');
  return {
    text: `${plain} WITH OFFSET AS ${offset}`,
    sources: [source, { alias: offset, columns: [], pseudo: [], value: int64 }],
  };
}

function pivot(scope: Scope): Item {
  const { choices } = scope;
  const alias = choices.name('t');
  // Two names of one group key are one column to PIVOT: the third is of another type.
  const rows = select(closed(scope), [string, int64, scalar('DATE')]);
  const [key, value, other] = rows.columns;
  if (key === undefined || value === undefined || other === undefined) return subquery(scope);
  const call = choices.from('SUM', 'MAX', 'COUNT');
  const text = `(${rows.text}) PIVOT (${call}(${value.name}) AS v FOR ${key.name} IN ('a' AS x, 'b' AS y)) AS ${alias}`;
  const columns = [other, { name: 'v_x', type: int64 }, { name: 'v_y', type: int64 }];
  return { text, sources: [{ alias, columns, pseudo: [] }] };
}

function unpivot(scope: Scope): Item {
  const { choices } = scope;
  const alias = choices.name('t');
  const rows = select(closed(scope), [string, string, int64]);
  const [a, b, other] = rows.columns;
  if (a === undefined || b === undefined || other === undefined) return subquery(scope);
  const nulls = choices.from('', 'INCLUDE NULLS ', 'EXCLUDE NULLS ');
  const text = `(${rows.text}) UNPIVOT ${nulls}(v FOR k IN (${a.name}, ${b.name} AS 'second')) AS ${alias}`;
  const columns = [other, { name: 'v', type: string }, { name: 'k', type: string }];
  return { text, sources: [{ alias, columns, pseudo: [] }] };
}
