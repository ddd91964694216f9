import type { Range } from '../ast/index.ts';
import type { ObjectName } from '../catalog.ts';
import type { GapCode } from '../gaps.ts';
import type { Sources } from '../lineage/source.ts';
import { allSources } from '../lineage/value.ts';
import type { Value } from '../lineage/value.ts';
import type { Collector } from './collector.ts';
import type { Known } from './known.ts';
import type { Rows } from './rows.ts';
import type { ScriptState } from './script-state.ts';

/** What one walk over a text carries with it: the settings, what is known, and where facts are collected. */
export interface Pass {
  readonly project: string;
  readonly defaultDataset: { readonly project: string; readonly dataset: string } | undefined;
  readonly known: Known;
  readonly script: ScriptState;
  readonly facts: Collector;
  /** Views and routines, outermost first, within whose text the walk is. */
  readonly beneath: readonly ObjectName[];
  /** Within a view or routine: the range in the caller's text that stands for it. */
  readonly place: Range | undefined;
  /** Arguments of the routine whose body is walked. */
  readonly arguments: ReadonlyMap<string, Value>;
  /** What decides whether this statement runs at all. */
  readonly control: Sources;
  /** True where the statement may not run at all, or may fail and be passed over. */
  readonly conditional: boolean;
  /** Views that this walk has been through. */
  readonly views: Map<string, WalkedView>;
  /** Steps left: a text whose analysis would take for ever ends as a gap. */
  readonly budget: { left: number };
}

export interface WalkedView {
  readonly rows: Rows;
  readonly facts: Collector;
  /** How many objects lay around the view when it was walked. */
  readonly depth: number;
}

/** Thrown when the budget is spent; `analyse` makes a gap of it. */
export const budgetSpent: unique symbol = Symbol('budget spent');

export function spend(pass: Pass): void {
  pass.budget.left -= 1;
  if (pass.budget.left < 0) throw budgetSpent;
}

export function reportGap(pass: Pass, code: GapCode, message: string, range: Range): void {
  pass.facts.gap({ code, message, range: pass.place ?? range });
}

/** Notes that the value decides which rows appear, in which group or order. */
export function influence(pass: Pass, value: Value): void {
  for (const source of allSources(value)) pass.facts.influences.add(source);
}
