/** What an analysis claims of a statement, ours and that of the independent analyser, and how they differ. */
import type { ColumnSource, Facts, ObjectName, StatementFacts } from '../../../src/sql/index.ts';

interface ExpectedOutput {
  readonly name: string;
  readonly type?: string;
  readonly sources: readonly string[];
}

export interface Answer {
  readonly id: string;
  readonly ok?: boolean;
  readonly error?: string;
  readonly kind: string;
  readonly tables: readonly string[];
  readonly columns: readonly string[];
  readonly influences: readonly string[];
  readonly outputs: readonly (ExpectedOutput | readonly [string, readonly string[]])[];
  readonly script?: readonly Answer[];
}

export function fullName({ project, dataset, name }: ObjectName): string {
  return [project, dataset, name]
    .filter((part) => part !== '')
    .join('.')
    .toLowerCase();
}

function sourceName({ table, path }: ColumnSource): string {
  return [fullName(table), ...path].join('.').toLowerCase();
}

function topName({ table, path }: ColumnSource): string {
  return [fullName(table), ...path.slice(0, 1)].join('.').toLowerCase();
}

export interface Claims {
  readonly tables: ReadonlySet<string>;
  readonly columns: ReadonlySet<string>;
  readonly influences: ReadonlySet<string>;
  readonly outputs: readonly { readonly name: string; readonly sources: ReadonlySet<string> }[];
}

export function ours(facts: Facts): Claims {
  return {
    tables: new Set(facts.tables.map((table) => fullName(table.name))),
    columns: new Set(facts.columns.map(topName)),
    influences: new Set(facts.influences.map(topName)),
    outputs: facts.statements.flatMap(statementOutputs),
  };
}

const manipulation: ReadonlySet<string> = new Set(['INSERT', 'UPDATE', 'DELETE', 'MERGE']);

/** What a query or definition returns, or else what is written: the analyser knows no rows that DML returns. */
function statementOutputs({ kind, outputs, writes }: StatementFacts): Claims['outputs'] {
  if (outputs.length > 0 && !manipulation.has(kind))
    return outputs.map(({ name, sources }) => ({ name, sources: new Set(sources.map(sourceName)) }));
  if (kind === 'CREATE_TABLE' || kind === 'CREATE_SNAPSHOT_TABLE') return [];
  const written = Map.groupBy(writes, (write) => write.target.path.join('.'));
  return [...written].map(([name, group]) => ({
    name,
    sources: new Set(group.flatMap((write) => write.sources.map(sourceName))),
  }));
}

function lower(names: readonly string[]): ReadonlySet<string> {
  return new Set(names.map((name) => name.toLowerCase()));
}

export function theirs(answer: Answer): Claims {
  const parts = [answer, ...(answer.script ?? [])];
  return {
    tables: lower(parts.flatMap((part) => part.tables)),
    columns: lower(parts.flatMap((part) => part.columns)),
    influences: lower(parts.flatMap((part) => part.influences)),
    outputs: parts
      .filter((part) => part.kind !== 'CREATE_FUNCTION')
      .flatMap((part) => part.outputs.map(expectedOutput)),
  };
}

const both = (a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> => new Set([...a, ...b]);

/** All that either claims. */
export function union(a: Claims, b: Claims): Claims {
  return {
    tables: both(a.tables, b.tables),
    columns: both(a.columns, b.columns),
    influences: both(a.influences, b.influences),
    outputs: a.outputs.map(({ name, sources }, index) => ({
      name,
      sources: both(sources, b.outputs[index]?.sources ?? new Set()),
    })),
  };
}

/** A column covers its fields. */
function covered(name: string, some: ReadonlySet<string>): boolean {
  if (some.has(name)) return true;
  const parts = name.split('.');
  return parts.some((_, index) => index > 3 && some.has(parts.slice(0, index).join('.')));
}

function expectedOutput(output: Answer['outputs'][number]): Claims['outputs'][number] {
  const [name, sources] = 'sources' in output ? [output.name, output.sources] : output;
  return { name, sources: lower(sources) };
}

function without(all: ReadonlySet<string>, some: ReadonlySet<string>, what: string): readonly string[] {
  return [...all].filter((name) => !covered(name, some)).map((name) => `${what} ${name}`);
}

export function difference(more: Claims, less: Claims): readonly string[] {
  const outputs = more.outputs.flatMap((output, index) => {
    const other = less.outputs[index];
    if (other === undefined) return [`output ${output.name}`];
    const name =
      output.name.toLowerCase() === other.name.toLowerCase() ? [] : [`output named ${output.name}`];
    return [...name, ...without(output.sources, other.sources, `output ${output.name} from`)];
  });
  return [
    ...without(more.tables, less.tables, 'table'),
    ...without(more.columns, less.columns, 'column'),
    ...without(more.influences, less.influences, 'influence'),
    ...outputs,
  ];
}
