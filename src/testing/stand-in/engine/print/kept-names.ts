import { outputName, type Source } from './scope.ts';
import type { Typed } from './typed.ts';

/** Tables with a name, their columns found among the items of a query or put behind them. */
export function keepSources(
  sources: readonly Source[],
  printed: readonly { readonly value: Typed }[],
): { readonly items: readonly string[]; readonly sources: readonly Source[] } {
  const items: string[] = [];
  const keep = (sql: string): string => {
    const known = printed.findIndex(({ value }) => value.sql === sql);
    if (known >= 0) return outputName(known);
    const name = outputName(printed.length + items.length);
    items.push(`${sql} AS ${name}`);
    return name;
  };
  const kept = sources
    .filter((source) => source.alias !== undefined)
    .map((source): Source => ({
      ...source,
      columns: source.columns.map((column) => ({ ...column, sql: keep(column.sql), shadowed: true })),
      ...(source.row === undefined ? {} : { row: { type: source.row.type, sql: keep(source.row.sql) } }),
    }));
  return { items, sources: kept };
}

/** The kept tables as they are named around the query, which stands in FROM as `name`. */
export function keptSources(sources: readonly Source[], name: string): readonly Source[] {
  return sources.map((source) => ({
    ...source,
    columns: source.columns.map((column) => ({ ...column, sql: `${name}.${column.sql}` })),
    ...(source.row === undefined ? {} : { row: { ...source.row, sql: `${name}.${source.row.sql}` } }),
  }));
}
