import { analyseHere, hurried, tooHeavy } from './analyse-here.ts';
import type { Made } from './analyse-here.ts';
import { analysisMemory } from './analysis-memory.ts';
import type { AnalysisMemory, Remembered } from './analysis-memory.ts';
import { analyseAside } from './aside/aside.ts';
import { boundedMap } from './bounded-map.ts';
import type { BoundedMap } from './bounded-map.ts';
import type { Catalog } from './catalog.ts';
import type { Facts } from './facts.ts';
import { defaultCatalogTimeout, patience } from './patience.ts';
import { isFresh, newCatalogMemory } from './resolve/catalog-view.ts';
import type { Asking, CatalogMemory } from './resolve/catalog-view.ts';
import type { TableReferenceFact } from './resolve/reference-fact.ts';

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
  const { signal, catalogTimeout = defaultCatalogTimeout } = options;
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
  const seen = memory.analyses.get(key)?.get(text, options);
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

interface Memory {
  readonly catalog: CatalogMemory;
  readonly analyses: BoundedMap<string, AnalysisMemory>;
}

const memories = new WeakMap<object, Memory>();

function memoryOf(owner: object): Memory {
  let memory = memories.get(owner);
  if (memory === undefined)
    memories.set(owner, (memory = { catalog: newCatalogMemory(), analyses: boundedMap(50) }));
  return memory;
}

function settingsKey({ project, defaultDataset }: AnalyseOptions): string {
  return defaultDataset === undefined
    ? project
    : `${project}\0${defaultDataset.project}\0${defaultDataset.dataset}`;
}

function remember(memory: Memory, key: string, text: string, made: Remembered): void {
  let texts = memory.analyses.get(key);
  if (texts === undefined) memory.analyses.set(key, (texts = analysisMemory(200, 5_000)));
  texts.set(text, { analysis: made.analysis, used: made.used });
}

/** On this thread, unless that would hold it up. */
async function analyseAnew(
  text: string,
  options: AnalyseOptions,
  memory: CatalogMemory,
  asking: Asking,
): Promise<Made> {
  try {
    return await analyseHere(text, options, { memory, asking, effort: hurried });
  } catch (error) {
    if (error !== tooHeavy) throw error;
    return analyseAside(text, options);
  }
}
