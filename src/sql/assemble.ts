import type { Access, ColumnSource, Facts, Flags, OutputColumn, StatementFacts, TableFact } from './facts.ts';
import type { ObjectName } from './catalog.ts';
import { hashOf, fingerprint } from './fingerprint.ts';
import { fullName } from './full-name.ts';
import type { Gap } from './gaps.ts';
import { typeText } from './lineage/type.ts';
import { allSources } from './lineage/value.ts';
import type { Parsed } from './parse/index.ts';
import type { CollectedTable, Collector, FlagName } from './resolve/collector.ts';
import type { StatementRecord } from './resolve/record.ts';
import type { Column } from './scope/source.ts';

/** One empty list for all, since analyses are kept. */
const none: readonly never[] = [];

/** The facts of a text out of what was collected for its statements. */
export function assemble(parsed: Parsed, records: readonly StatementRecord[], more: readonly Gap[]): Facts {
  const statements = records.map(statementFacts);
  const collectors = records.map((each) => each.facts);
  const [only] = statements.length === 1 ? statements : [];
  const answering = records.findLastIndex((each) => each.answers || each.outputs.length > 0);
  // What a single statement has is not kept twice.
  const tables = only?.tables ?? mergeTables(collectors);
  return {
    version: 1,
    kind: kindOf(parsed, records),
    statements,
    tables,
    columns: only?.columns ?? sortSources(collectors.flatMap((each) => [...each.columns])),
    outputs: statements[answering]?.outputs ?? none,
    influences: only?.influences ?? sortSources(collectors.flatMap((each) => [...each.influences])),
    functions: sorted(collectors.flatMap((each) => [...each.functions])),
    routines: sortObjects(collectors.flatMap((each) => [...each.routines.values()])),
    systemVariables: sorted(collectors.flatMap((each) => [...each.systemVariables])),
    parameters: {
      named: sorted(collectors.flatMap((each) => [...each.namedParameters])),
      positional: Math.max(0, ...collectors.map((each) => each.positionalParameters)),
    },
    flags: flagsOf(records),
    gaps: sortGaps([...parsed.gaps, ...collectors.flatMap((each) => [...each.gaps.values()]), ...more]),
    fingerprint: fingerprint(
      parsed.tokens,
      tables.flatMap((each) => each.references),
    ),
    hash: hashOf(parsed.text),
  };
}

const control = new Set(['IF', 'CASE', 'LOOP', 'WHILE', 'REPEAT', 'FOR_IN', 'BEGIN_END', 'DECLARE', 'SET']);

function kindOf(parsed: Parsed, records: readonly StatementRecord[]): string {
  const [only] = records;
  if (only !== undefined && records.length === 1 && !control.has(only.kind)) return only.kind;
  if (records.length > 0) return 'SCRIPT';
  return parsed.gaps.length > 0 ? 'INVALID' : 'EMPTY';
}

function statementFacts({ kind, range, facts, outputs, writes }: StatementRecord): StatementFacts {
  return {
    kind,
    range,
    tables: mergeTables([facts]),
    columns: sortSources([...facts.columns]),
    outputs: outputs.map(outputColumn),
    influences: sortSources([...facts.influences]),
    writes: writes.map(({ target, sources }) => ({ target, sources: sortSources([...sources]) })),
  };
}

function outputColumn({ name, value }: Column): OutputColumn {
  const sources = sortSources([...allSources(value)]);
  const type = typeText(value.type);
  const plain = value.copied && value.paths.size === 1 && sources.length === 1;
  const { handed } = value;
  return {
    name,
    ...(type !== undefined && { type }),
    sources,
    plain,
    ...(!plain && handed !== undefined && { oneOf: sortSources([...handed]) }),
  };
}

const accesses: readonly Access[] = ['read', 'write', 'create', 'alter', 'drop'];

function mergeTables(collectors: readonly Collector[]): readonly TableFact[] {
  const merged = new Map<string, CollectedTable>();
  for (const { tables } of collectors) {
    for (const [key, table] of tables) merged.set(key, mergeTable(merged.get(key), table));
  }
  const facts = [...merged.values()].map(({ name, kind, access, references, beneath }): TableFact => {
    return { name, kind, access: accesses.filter((each) => access.has(each)), references, beneath };
  });
  return facts.toSorted((a, b) => compare(tableKey(a), tableKey(b)));
}

function mergeTable(before: CollectedTable | undefined, table: CollectedTable): CollectedTable {
  if (before === undefined) return table;
  return {
    ...before,
    access: new Set([...before.access, ...table.access]),
    references: [
      ...before.references,
      ...table.references.filter((each) => before.references.every((other) => other.start !== each.start)),
    ],
  };
}

function tableKey({ name, beneath }: TableFact): string {
  return [name, ...beneath].map(fullName).join('\n');
}

function flagsOf(records: readonly StatementRecord[]): Flags {
  const set = new Set(records.flatMap((each) => [...each.facts.flags]));
  const flag = (name: FlagName): boolean => set.has(name);
  return {
    selectsStar: flag('selectsStar'),
    crossJoin: flag('crossJoin'),
    dynamicSql: flag('dynamicSql'),
    scripting: records.length > 1 || records.some((each) => control.has(each.kind)),
    dml: flag('dml'),
    ddl: flag('ddl'),
    replaces: flag('replaces'),
    dcl: flag('dcl'),
    export: flag('export'),
    load: flag('load'),
    external: flag('external'),
    unbounded: records.some((each) => each.unbounded),
  };
}

const sourceKeys = new WeakMap<ColumnSource, string>();

export function sourceKey(source: ColumnSource): string {
  let key = sourceKeys.get(source);
  if (key === undefined)
    sourceKeys.set(source, (key = `${fullName(source.table)}\n${source.path.join('\n').toLowerCase()}`));
  return key;
}

function sortSources(sources: readonly ColumnSource[]): readonly ColumnSource[] {
  if (sources.length < 2) return sources.length === 0 ? none : sources;
  const byKey = new Map(sources.map((source) => [sourceKey(source), source]));
  return [...byKey].toSorted(([a], [b]) => compare(a, b)).map(([, source]) => source);
}

function sortObjects(objects: readonly ObjectName[]): readonly ObjectName[] {
  const byKey = new Map(objects.map((name) => [fullName(name), name]));
  return [...byKey].toSorted(([a], [b]) => compare(a, b)).map(([, name]) => name);
}

function sorted(names: readonly string[]): readonly string[] {
  if (names.length === 0) return none;
  return [...new Set(names)].toSorted(compare);
}

function sortGaps(gaps: readonly Gap[]): readonly Gap[] {
  const byKey = new Map(
    gaps.map((gap) => [`${gap.code} ${gap.range.start} ${gap.range.end} ${gap.message}`, gap]),
  );
  return [...byKey.values()].toSorted((a, b) => a.range.start - b.range.start || compare(a.code, b.code));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
