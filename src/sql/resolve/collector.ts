import type { QueryBody, Range } from '../ast/index.ts';
import type { ObjectName } from '../catalog.ts';
import type { Access, ColumnSource, TableFact } from '../facts.ts';
import type { Gap } from '../gaps.ts';
import type { Reference } from './reference.ts';

/** Facts of one statement while it is walked. */
export interface Collector {
  readonly tables: Map<string, CollectedTable>;
  readonly columns: Set<ColumnSource>;
  readonly influences: Set<ColumnSource>;
  readonly functions: Set<string>;
  readonly routines: Map<string, ObjectName>;
  readonly systemVariables: Set<string>;
  readonly namedParameters: Set<string>;
  positionalParameters: number;
  /** How many aggregate calls were met in the select list that is being walked. */
  aggregates: number;
  /** Selects whose rows are put together by an aggregate. */
  readonly aggregated: Set<QueryBody>;
  readonly flags: Set<FlagName>;
  readonly references: Reference[];
  readonly gaps: Map<string, Gap>;
  gap(gap: Gap): void;
}

export type FlagName =
  | 'selectsStar'
  | 'crossJoin'
  | 'dynamicSql'
  | 'dml'
  | 'ddl'
  | 'replaces'
  | 'dcl'
  | 'export'
  | 'load'
  | 'external';

export interface CollectedTable {
  readonly name: ObjectName;
  readonly kind: TableFact['kind'];
  readonly access: Set<Access>;
  readonly references: Range[];
  readonly beneath: readonly ObjectName[];
}

export function newCollector(): Collector {
  const gaps = new Map<string, Gap>();
  return {
    tables: new Map(),
    columns: new Set(),
    influences: new Set(),
    functions: new Set(),
    routines: new Map(),
    systemVariables: new Set(),
    namedParameters: new Set(),
    positionalParameters: 0,
    aggregates: 0,
    aggregated: new Set(),
    flags: new Set(),
    references: [],
    gaps,
    gap: (gap) => {
      gaps.set(`${gap.code}:${gap.range.start}:${gap.range.end}:${gap.message}`, gap);
    },
  };
}
