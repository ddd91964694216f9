import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { AnalyseOptions, Analysis } from './analyse.ts';
import { boundedMap } from './bounded-map.ts';
import type { Facts } from './facts.ts';
import { hashOf } from './fingerprint.ts';
import { fullName } from './full-name.ts';
import type { CatalogTable } from './catalog.ts';
import type { Used } from './resolve/catalog-view.ts';
import type { TableReferenceFact } from './resolve/reference-fact.ts';

export interface Remembered {
  readonly analysis: Analysis;
  /** What it relies on; whoever recalls it has to ask whether that is still so. */
  readonly used: readonly Used[];
}

/** Analyses by their text: the last ones as they are, those before them packed. */
export interface AnalysisMemory {
  get(text: string, options: AnalyseOptions): Remembered | undefined;
  set(text: string, remembered: Remembered): void;
}

interface Packed {
  /** Deflated JSON, one character per byte. */
  readonly bytes: string;
  readonly used: readonly Used[];
}

/** An analysis takes about 7 KB as objects, and less than 1 KB packed. */
export function analysisMemory(mostRecent: number, mostPacked: number): AnalysisMemory {
  const packed = boundedMap<string, Packed>(mostPacked);
  const recent = boundedMap<string, Remembered>(mostRecent, (_text, { analysis, used }) => {
    // One that was unpacked is still there.
    if (packed.get(analysis.facts.hash)?.used === used) return;
    const bytes = pack(analysis, used);
    if (bytes !== undefined) packed.set(analysis.facts.hash, { bytes, used });
  });
  return {
    get(text, options) {
      const known = recent.get(text);
      if (known !== undefined || packed.size === 0) return known;
      const found = packed.get(hashOf(text));
      if (found === undefined) return undefined;
      const remembered = { analysis: unpack(found, text, options), used: found.used };
      recent.set(text, remembered);
      return remembered;
    },
    set(text, remembered) {
      recent.set(text, remembered);
    },
  };
}

/** Of a reference, the place of its table among what was used. */
type PackedReference = Omit<TableReferenceFact, 'table'> & { readonly table: number };

interface Content {
  readonly facts: Facts;
  /** True when the lists of the only statement are those of the text, and left out there. */
  readonly single: boolean;
  readonly references: readonly PackedReference[];
}

const longestPacked = 10_000;

/** Small windows: what a sliding window of 32 KB costs to set up is more than the work itself. */
const zip = { level: 1, windowBits: 12, memLevel: 5 };

function pack({ facts, references }: Analysis, used: readonly Used[]): string | undefined {
  const places = references.map(({ table }) => placeOf(table, used));
  if (places.includes(unknownPlace)) return undefined;
  const single = isSingle(facts);
  const content: Content = {
    facts: single ? withoutLists(facts) : facts,
    single,
    references: references.map((reference, index) => ({ ...reference, table: places[index] ?? noTable })),
  };
  const bytes = deflateRawSync(JSON.stringify(content), zip);
  return bytes.length > longestPacked ? undefined : bytes.toString('latin1');
}

const noTable = -1;
const unknownPlace = -2;

function placeOf(table: CatalogTable | undefined, used: readonly Used[]): number {
  if (table === undefined) return noTable;
  const name = fullName(table.name);
  const place = used.findIndex(
    ({ item }) => item !== undefined && 'columns' in item && fullName(item.name) === name,
  );
  return place < 0 ? unknownPlace : place;
}

const lists = ['tables', 'columns', 'outputs', 'influences'] as const;

function isSingle(facts: Facts): boolean {
  const [only, ...others] = facts.statements;
  return only !== undefined && others.length === 0 && lists.every((list) => facts[list] === only[list]);
}

function withoutLists(facts: Facts): Facts {
  return { ...facts, tables: [], columns: [], outputs: [], influences: [] };
}

function withLists(facts: Facts): Facts {
  const [only] = facts.statements;
  if (only === undefined) return facts;
  const { tables, columns, outputs, influences } = only;
  return { ...facts, tables, columns, outputs, influences };
}

function unpack(
  { bytes, used }: Packed,
  text: string,
  { signal: _signal, ...options }: AnalyseOptions,
): Analysis {
  const content: Content = JSON.parse(inflateRawSync(Buffer.from(bytes, 'latin1')).toString());
  const references = content.references.map((reference) => ({
    ...reference,
    table: tableAt(used, reference.table),
  }));
  return { text, facts: content.single ? withLists(content.facts) : content.facts, references, options };
}

function tableAt(used: readonly Used[], place: number): CatalogTable | undefined {
  const item = used[place]?.item;
  return item !== undefined && 'columns' in item ? item : undefined;
}
