import type { SourceFilter } from '../../sql/rewrite/index.ts';
import type { VisibleTables } from '../policy/visible-tables.ts';

/** Lets a view of INFORMATION_SCHEMA tell of the tables that the principal may know of. */
export function sourceFilter({ schema, tables }: VisibleTables): SourceFilter {
  return {
    table: schema,
    condition(row) {
      // BigQuery may find the view in another scope than the analysis did: the rows say which dataset they are of.
      const ofDataset = `${row}.table_schema = ${literal(schema.dataset)}`;
      if (tables === undefined) return ofDataset;
      if (tables.length === 0) return `${ofDataset} AND FALSE`;
      return `${ofDataset} AND ${row}.table_name IN (${tables.map(literal).join(', ')})`;
    },
  };
}

/** Names hold letters, digits, blanks, dashes and underscores; anything else must not end its quotes. */
function literal(name: string): string {
  if (!/^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}\p{Zs}]+$/u.test(name)) {
    throw new TypeError('a table has a name that cannot be written');
  }
  return `'${name}'`;
}
