import type { Analysis } from '../analyse.ts';
import type { ColumnSource, OutputColumn, StatementFacts } from '../facts.ts';
import type { ObjectName } from '../catalog.ts';
import type { Hidden, SourceMask } from './source-mask.ts';
import { refuse } from './refuse.ts';
import { fullName } from '../full-name.ts';
import { sameTable } from './same-table.ts';

export interface Check {
  readonly analysis: Analysis;
  readonly again: Analysis;
  readonly hidden: Hidden;
  /** Views whose text stands in their place. */
  readonly inlined: readonly ObjectName[];
  /** Where the new text may name what is masked. */
  readonly places: ReadonlySet<number>;
}

/** The rewritten text must be the same query over masked columns. */
export function checkRewritten(check: Check): void {
  const { analysis, again } = check;
  const [gap] = again.facts.gaps;
  if (gap !== undefined) refuse(`The masked statement is not understood: ${gap.message}.`);
  refuseUnmasked(check);
  const [before, after] = [analysis.facts.statements, again.facts.statements];
  if (before.length !== after.length) refuse('The masked statement is not the same script.');
  const { masks } = check.hidden;
  const comparison = {
    ...check,
    mayDrop: droppable(check),
    old: new Set(analysis.facts.tables.map((table) => fullName(table.name))),
    reading: masks.filter(({ reads = [] }) => reads.length > 0),
  };
  for (const [index, statement] of before.entries()) compareStatement(statement, after[index], comparison);
}

/** With what is asked for every output made once. */
interface Comparison extends Check {
  readonly mayDrop: (source: ColumnSource) => boolean;
  /** The full names of the tables of the caller's text. */
  readonly old: ReadonlySet<string>;
  readonly reading: readonly SourceMask[];
}

/** Every masked table that the new text names lies where a subquery was put around it. */
function refuseUnmasked({ again, hidden: { masks, filters }, places }: Check): void {
  const hidden = [...masks, ...filters];
  for (const { role, name, pathRange } of again.references) {
    const masked = role === 'source' && hidden.some(({ table }) => sameTable(table, name));
    if (masked && !places.has(pathRange.start)) refuse('The masked statement still names a masked table.');
  }
}

function compareStatement(
  before: StatementFacts,
  after: StatementFacts | undefined,
  check: Comparison,
): void {
  if (after === undefined || before.kind !== after.kind || before.outputs.length !== after.outputs.length) {
    return refuse('The masked statement does something else.');
  }
  for (const [index, output] of before.outputs.entries()) compareOutput(output, after.outputs[index], check);
  const writes =
    before.writes.length === after.writes.length &&
    before.writes.every((write, index) => {
      const other = after.writes[index];
      return (
        other !== undefined &&
        columnOf(other.target) === columnOf(write.target) &&
        sameSources(write.sources, other.sources, check)
      );
    });
  if (!writes) refuse('The masked statement writes something else.');
  if (!covers(after.influences, unmasked(before.influences, check)))
    refuse('The masked statement chooses other rows.');
}

function compareOutput(before: OutputColumn, after: OutputColumn | undefined, check: Comparison): void {
  if (after === undefined || before.name !== after.name)
    return refuse('The masked statement has other columns.');
  if (before.type !== undefined && after.type !== undefined && before.type !== after.type) {
    refuse(`The masked column ${before.name} has the type ${after.type} instead of ${before.type}.`);
  }
  if (!sameSources(before.sources, after.sources, check))
    refuse(`The masked column ${before.name} comes from other columns.`);
}

/** A mask may drop its column and may bring tables of its own, such as keys; nothing else changes. */
function sameSources(
  before: readonly ColumnSource[],
  after: readonly ColumnSource[],
  check: Comparison,
): boolean {
  const known = after.filter((source) => check.old.has(fullName(source.table)));
  return covers(after, unmasked(before, check)) && covers([...before, ...readByMasks(before, check)], known);
}

function readByMasks(sources: readonly ColumnSource[], { reading }: Comparison): readonly ColumnSource[] {
  return reading
    .filter((mask) => sources.some((source) => isMaskOf(mask, source)))
    .flatMap(({ table, reads = [] }) => reads.map((name) => ({ table, path: [name] })));
}

function covers(all: readonly ColumnSource[], some: readonly ColumnSource[]): boolean {
  const keys = new Set(all.map(columnOf));
  return some.every((source) => keys.has(columnOf(source)));
}

function unmasked(sources: readonly ColumnSource[], { mayDrop }: Comparison): readonly ColumnSource[] {
  return sources.filter((source) => !mayDrop(source));
}

/** What a mask may have dropped: masked columns, and what a view made of others where its column is masked. */
function droppable({ analysis, hidden: { masks }, inlined }: Check): Comparison['mayDrop'] {
  const known = new Map<string, ReadonlySet<string> | 'all'>();
  const isMasked = (view: ObjectName): boolean => masks.some((mask) => sameTable(mask.table, view));
  const find = (table: ObjectName): ReadonlySet<string> | 'all' => {
    const beneath = analysis.facts.tables.filter(({ name }) => sameTable(name, table));
    if (inlined.some((view) => sameTable(view, table))) return 'all';
    if (beneath.some((each) => each.beneath.some(isMasked))) return 'all';
    const own = masks.filter((mask) => sameTable(mask.table, table));
    return new Set(own.map(({ path }) => path[0]?.toLowerCase() ?? ''));
  };
  return ({ table, path }) => {
    const key = fullName(table);
    let columns = known.get(key);
    if (columns === undefined) known.set(key, (columns = find(table)));
    return columns === 'all' || columns.has(path[0]?.toLowerCase() ?? '');
  };
}

function isMaskOf(mask: SourceMask, { table, path }: ColumnSource): boolean {
  return mask.path[0]?.toLowerCase() === path[0]?.toLowerCase() && sameTable(mask.table, table);
}

function columnOf({ table, path }: ColumnSource): string {
  return `${fullName(table)}.${path[0]?.toLowerCase() ?? ''}`;
}
