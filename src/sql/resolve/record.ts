import type { Range } from '../ast/index.ts';
import type { ColumnSource, StatementKind } from '../facts.ts';
import { union } from '../lineage/source.ts';
import type { Sources } from '../lineage/source.ts';
import type { Scope } from '../scope/scope.ts';
import type { Column } from '../scope/source.ts';
import { newCollector } from './collector.ts';
import type { Collector } from './collector.ts';
import type { Pass } from './pass.ts';

/** One statement with what it was found to do. */
export interface StatementRecord {
  readonly kind: StatementKind;
  readonly range: Range;
  readonly facts: Collector;
  readonly outputs: readonly Column[];
  /** True when the caller gets these rows. */
  readonly answers: boolean;
  readonly unbounded: boolean;
  readonly writes: readonly Write[];
}

export interface Write {
  readonly target: ColumnSource;
  readonly sources: Sources;
}

/** A walk over the statements of a script. */
export interface ScriptWalk {
  readonly base: Omit<Pass, 'facts'>;
  readonly records: StatementRecord[];
  /** True within a loop, whose outermost round is repeated anyway. */
  readonly repeating?: true;
}

export type Outcome = Partial<Pick<StatementRecord, 'outputs' | 'answers' | 'unbounded' | 'writes'>>;

/** Walks one statement with a collector of its own; what decides whether it runs is an influence. */
export function record(
  walk: ScriptWalk,
  kind: StatementKind,
  range: Range,
  run: (scope: Scope) => Outcome,
): StatementRecord {
  const facts = newCollector();
  for (const source of walk.base.control) facts.influences.add(source);
  const outcome = run({ pass: { ...walk.base, facts }, commonTables: undefined });
  const made = { kind, range, facts, outputs: [], answers: false, unbounded: false, writes: [], ...outcome };
  walk.records.push(made);
  return made;
}

/** The same walk for statements that run only if something holds. */
export function controlled(walk: ScriptWalk, by: Sources): ScriptWalk {
  return { ...walk, base: { ...walk.base, control: union([walk.base.control, by]), conditional: true } };
}
