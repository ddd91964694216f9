import { assemble } from './assemble.ts';
import { boundedMap } from './bounded-map.ts';
import type { BoundedMap } from './bounded-map.ts';
import type { Catalog } from './catalog.ts';
import type { Facts } from './facts.ts';
import type { Gap } from './gaps.ts';
import { noSources } from './lineage/source.ts';
import { parse } from './parse/index.ts';
import type { Parsed } from './parse/index.ts';
import { patience } from './patience.ts';
import { isFresh, newCatalogMemory, openCatalog } from './resolve/catalog-view.ts';
import type { Asking, CatalogMemory, CatalogView, Used } from './resolve/catalog-view.ts';
import { budgetSpent } from './resolve/pass.ts';
import type { StatementRecord } from './resolve/record.ts';
import { referenceFact } from './resolve/reference-fact.ts';
import type { TableReferenceFact } from './resolve/reference-fact.ts';
import { newScriptState } from './resolve/script-state.ts';
import { statements } from './resolve/statement.ts';

export interface AnalyseOptions {
  readonly catalog: Catalog;
  /** The project of names that have none. */
  readonly project: string;
  readonly defaultDataset?: { readonly project: string; readonly dataset: string } | undefined;
  readonly signal?: AbortSignal | undefined;
  /** How long the catalog may take for all its answers, in milliseconds; then they are gaps. Default: 30,000. */
  readonly catalogTimeout?: number | undefined;
  /**
   * Whose earlier analyses may be used again, checked against this catalog. Default: the catalog itself. For
   * callers that wrap one catalog anew for every call.
   */
  readonly memory?: object | undefined;
}

/** What a text does, and what a rewrite has to know of it. */
export interface Analysis {
  readonly text: string;
  readonly facts: Facts;
  /** Every place in the text that names a table. */
  readonly references: readonly TableReferenceFact[];
  /** With what it was analysed: a rewritten text is analysed again in the same way. */
  readonly options: Omit<AnalyseOptions, 'signal'>;
}

/**
 * Reads a text and says what it does: tables, columns, lineage, influences. Whatever cannot be proved is
 * a gap in the facts, never an exception: only an abort and a bug throw.
 *
 * ```ts
 * const { facts } = await analyse('SELECT email FROM shop.customers', { catalog, project: 'acme' });
 * ```
 */
export async function analyse(text: string, options: AnalyseOptions): Promise<Analysis> {
  const { signal, catalogTimeout = 30_000 } = options;
  const waiting = patience(signal, catalogTimeout);
  try {
    return await recallOrAnalyse(text, options, { signal, patience: waiting });
  } finally {
    waiting.end();
  }
}

async function recallOrAnalyse(text: string, options: AnalyseOptions, asking: Asking): Promise<Analysis> {
  const memory = memoryOf(options.memory ?? options.catalog);
  const key = settingsKey(options);
  const seen = memory.analyses.get(key)?.get(text);
  if (seen !== undefined && (await isFresh(options.catalog, seen.used, asking))) {
    if (seen.analysis.options.catalog === options.catalog) return seen.analysis;
    // A wrapped catalog belongs to the call that made it: a rewrite asks the one of this call.
    return { ...seen.analysis, options: { ...seen.analysis.options, catalog: options.catalog } };
  }
  const made = await analyseAnew(text, options, memory.catalog, asking);
  if (made.settled && text.length <= longestRemembered) remember(memory, key, text, made);
  return made.analysis;
}

const longestRemembered = 50_000;

interface Remembered {
  readonly analysis: Analysis;
  readonly used: readonly Used[];
}

interface Memory {
  readonly catalog: CatalogMemory;
  readonly analyses: BoundedMap<string, BoundedMap<string, Remembered>>;
}

const memories = new WeakMap<object, Memory>();

function memoryOf(owner: object): Memory {
  let memory = memories.get(owner);
  if (memory === undefined)
    memories.set(owner, (memory = { catalog: newCatalogMemory(), analyses: boundedMap(50) }));
  return memory;
}

function settingsKey({ project, defaultDataset }: AnalyseOptions): string {
  return JSON.stringify([project, defaultDataset?.project, defaultDataset?.dataset]);
}

function remember(memory: Memory, key: string, text: string, made: Remembered): void {
  let texts = memory.analyses.get(key);
  if (texts === undefined) memory.analyses.set(key, (texts = boundedMap(2000)));
  texts.set(text, { analysis: made.analysis, used: made.used });
}

interface Made extends Remembered {
  /** False when the catalog failed: the next analysis asks again. */
  readonly settled: boolean;
}

/** A walk finds what it needs of the catalog; it is done again until it needs nothing new. */
async function analyseAnew(
  text: string,
  options: AnalyseOptions,
  memory: CatalogMemory,
  asking: Asking,
): Promise<Made> {
  const parsed = parse(text);
  const view = openCatalog(options.catalog, memory);
  for (let round = 0; round < mostRounds; round += 1) {
    const { records, gaps } = walk(parsed, options, view);
    if (await view.settle(asking)) continue;
    const facts = assemble(parsed, records, gaps);
    const { signal: _signal, ...kept } = options;
    const references = records.flatMap((each) => each.facts.references).map(referenceFact);
    const settled = facts.gaps.every((gap) => gap.code !== 'catalog');
    return {
      analysis: { text, facts, references, options: kept },
      used: view.used(),
      settled,
    };
  }
  return gaveUp(parsed, options);
}

const mostRounds = 64;
const mostSteps = 2_000_000;

interface Walked {
  readonly records: readonly StatementRecord[];
  readonly gaps: readonly Gap[];
}

function walk(parsed: Parsed, options: AnalyseOptions, known: CatalogView): Walked {
  const records: StatementRecord[] = [];
  const base = {
    project: options.project,
    defaultDataset: options.defaultDataset,
    known,
    script: newScriptState(),
    beneath: [],
    place: undefined,
    arguments: new Map(),
    control: noSources,
    conditional: false,
    views: new Map(),
    budget: { left: mostSteps },
  };
  try {
    statements(parsed.script?.statements ?? [], { base, records });
    return { records, gaps: [] };
  } catch (error) {
    if (error !== budgetSpent && !(error instanceof RangeError)) throw error;
    return { records, gaps: [tooMuch(parsed)] };
  }
}

function tooMuch(parsed: Parsed): Gap {
  return {
    code: 'limit',
    message: 'the statement is too large or too deep to be analysed',
    range: { start: 0, end: parsed.text.length },
  };
}

function gaveUp(parsed: Parsed, { catalog, project, defaultDataset }: AnalyseOptions): Made {
  const gap: Gap = {
    code: 'catalog',
    message: 'the catalog changes with every answer',
    range: { start: 0, end: parsed.text.length },
  };
  const analysis: Analysis = {
    text: parsed.text,
    facts: assemble(parsed, [], [gap]),
    references: [],
    options: { catalog, project, defaultDataset },
  };
  return { analysis, used: [], settled: false };
}
