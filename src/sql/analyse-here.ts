import type { AnalyseOptions, Analysis } from './analyse.ts';
import { isHeavy } from './aside/heavy.ts';
import { assemble } from './assemble.ts';
import type { Gap } from './gaps.ts';
import { noSources } from './lineage/source.ts';
import { parse } from './parse/index.ts';
import type { Parsed } from './parse/index.ts';
import { openCatalog } from './resolve/catalog-view.ts';
import type { Asking, CatalogMemory, CatalogView, Used } from './resolve/catalog-view.ts';
import { budgetSpent } from './resolve/pass.ts';
import type { StatementRecord } from './resolve/record.ts';
import { referenceFact } from './resolve/reference-fact.ts';
import { newScriptState } from './resolve/script-state.ts';
import { statements } from './resolve/statement.ts';

export interface Made {
  readonly analysis: Analysis;
  /** What was asked of the catalog, and what it said. */
  readonly used: readonly Used[];
  /** False when the catalog failed: the next analysis asks again. */
  readonly settled: boolean;
}

/** Thrown where a thread that must not be held up meets a text that would. */
export const tooHeavy: unique symbol = Symbol('too heavy');

/** How much may be done at once. */
export interface Effort {
  /** Reads the text, or throws `tooHeavy`. */
  readonly read: (text: string) => Parsed;
  readonly steps: number;
}

/** Of a thread that may be held up: texts within the limits are read whatever it takes. */
export const patient: Effort = { read: parse, steps: 2_000_000 };

/** Of a thread that others wait for. */
export const hurried: Effort = {
  read(text) {
    if (isHeavy(text)) throw tooHeavy;
    return parse(text);
  },
  steps: 50_000,
};

export interface Circumstances {
  readonly memory: CatalogMemory;
  readonly asking: Asking;
  readonly effort: Effort;
}

/** A walk finds what it needs of the catalog; it is done again until it needs nothing new. */
export async function analyseHere(
  text: string,
  options: AnalyseOptions,
  { memory, asking, effort }: Circumstances,
): Promise<Made> {
  const parsed = effort.read(text);
  const view = openCatalog(options.catalog, memory, effort.read);
  for (let round = 0; round < mostRounds; round += 1) {
    const { records, gaps } = walk(parsed, options, view, effort);
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
  return withoutAnalysis(parsed, options, 'catalog', 'the catalog changes with every answer');
}

const mostRounds = 64;

interface Walked {
  readonly records: readonly StatementRecord[];
  readonly gaps: readonly Gap[];
}

function walk(parsed: Parsed, options: AnalyseOptions, known: CatalogView, effort: Effort): Walked {
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
    budget: { left: effort.steps },
  };
  try {
    statements(parsed.script?.statements ?? [], { base, records });
    return { records, gaps: [] };
  } catch (error) {
    if (error !== budgetSpent && !(error instanceof RangeError)) throw error;
    if (effort !== patient) throw tooHeavy;
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

/** What is known of a text that could not be analysed: why, and nothing else. */
export function withoutAnalysis(
  parsed: Parsed,
  { signal: _signal, ...options }: AnalyseOptions,
  code: Gap['code'],
  message: string,
): Made {
  const { text } = parsed;
  const facts = assemble(parsed, [], [{ code, message, range: { start: 0, end: text.length } }]);
  return { analysis: { text, facts, references: [], options }, used: [], settled: false };
}
