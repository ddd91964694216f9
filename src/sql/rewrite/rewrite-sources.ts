import { analyse } from '../analyse.ts';
import type { Analysis } from '../analyse.ts';
import type { CatalogTable, ObjectName } from '../catalog.ts';
import { fullName } from '../full-name.ts';
import { lex } from '../lexer/index.ts';
import type { TableReferenceFact } from '../resolve/reference-fact.ts';
import { applyEdits } from './apply-edits.ts';
import type { Edit, Rewritten } from './apply-edits.ts';
import { checkRewritten } from './check-rewritten.ts';
import { coverOf, coverView } from './cover-view.ts';
import type { ViewCover } from './cover-view.ts';
import { maskTree } from './mask-column.ts';
import { maskReference } from './mask-reference.ts';
import { namesFor } from './names.ts';
import { refuse } from './refuse.ts';
import { sameTable } from './same-table.ts';
import { filterOf, masksOf } from './source-mask.ts';
import type { Hidden, SourceMask } from './source-mask.ts';

export interface RewrittenSources extends Rewritten {
  /** Where the text names what is masked, each within a subquery that masks it. */
  readonly places: readonly number[];
  /** Views that were masked: whatever comes through them may be gone where this text stands in the place of a view. */
  readonly inlined: readonly ObjectName[];
}

/** The analysis of the masked text may run on another thread, making and comparing it do not: 0.25 ms per kilobyte. */
const longest = 100_000;

/** BigQuery's own limit (https://cloud.google.com/bigquery/quotas#query_jobs). */
const longestSent = 1_000_000;

export async function rewriteSources(
  analysis: Analysis,
  hidden: Hidden,
  signal: AbortSignal | undefined,
): Promise<RewrittenSources> {
  const { text, facts } = analysis;
  if (text.length > longest) refuse(`A text of more than ${longest} characters cannot be masked.`);
  if (facts.gaps.length > 0) refuse('A statement that is not understood as a whole cannot be masked.');
  const covers = await coverViews(analysis, hidden, signal);
  const all: Hidden = { ...hidden, masks: [...hidden.masks, ...covers.flatMap(({ masks }) => masks)] };
  const sources = analysis.references.filter((reference) => isReplaced(reference, all, covers));
  if (sources.length === 0) return { ...applyEdits(text, []), places: [], inlined: [] };
  const taken = new Set(lex(text).tokens.map((token) => token.value.toLowerCase()));
  const rewritten = applyEdits(
    text,
    sources.flatMap((reference) => editsFor(text, reference, all, covers, taken)),
  );
  if (rewritten.text.length > longestSent) refuse('The masked statement would be too long for BigQuery.');
  const places = sources.flatMap((reference) => placesOf(reference, covers, rewritten));
  const again = await analyse(rewritten.text, { ...analysis.options, signal });
  const inlined = covers.flatMap((cover) =>
    cover.inlined === undefined ? [] : [cover.view.name, ...cover.inlined.inlined],
  );
  checkRewritten({ analysis, again, hidden: all, inlined, places: new Set(places) });
  return { ...rewritten, places, inlined: [...inlined, ...covers.map(({ view }) => view.name)] };
}

/** Whatever else reads a masked table than the text itself. */
async function coverViews(
  analysis: Analysis,
  hidden: Hidden,
  signal: AbortSignal | undefined,
): Promise<readonly ViewCover[]> {
  const { masks, filters } = hidden;
  const views = new Map<string, CatalogTable>();
  for (const { name, beneath } of analysis.facts.tables) {
    const [outer] = beneath;
    const isFiltered = filterOf(name, filters) !== undefined;
    const closed = masksOf(name, masks).filter((mask) => !isTrusted(mask, beneath));
    if (outer === undefined || (closed.length === 0 && !isFiltered)) continue;
    const view = isFiltered ? undefined : viewNamed(analysis, outer);
    if (view === undefined) {
      return refuse(
        `The masked table ${name.dataset}.${name.name} is read through ${outer.dataset}.${outer.name}.`,
      );
    }
    views.set(fullName(outer), view);
  }
  const options = { ...analysis.options, signal };
  const rewrite = (inner: Analysis): Promise<RewrittenSources> => rewriteSources(inner, hidden, signal);
  return Promise.all([...views.values()].map((view) => coverView(view, masks, options, rewrite)));
}

function isTrusted({ trusted = [] }: SourceMask, beneath: readonly ObjectName[]): boolean {
  return beneath.some((each) => trusted.some((other) => sameTable(each, other)));
}

function viewNamed({ references }: Analysis, name: ObjectName): CatalogTable | undefined {
  return references.find((reference) => fullName(reference.name) === fullName(name))?.table;
}

/** A target may stay when none of its masked columns is read; other places cannot take a subquery. */
function isReplaced(
  reference: TableReferenceFact,
  { masks, filters }: Hidden,
  covers: readonly ViewCover[],
): boolean {
  const { role, name } = reference;
  const isCovered = coverOf(covers, name) !== undefined;
  const isFiltered = filterOf(name, filters) !== undefined;
  const hiding = masksOf(name, masks);
  if (hiding.length === 0 && !isFiltered && !isCovered) return false;
  if (role === 'source') return true;
  if (isFiltered)
    refuse(
      `The statement names ${name.dataset}.${name.name}, of which not all rows may be seen, where no filter can be put.`,
    );
  const masked = hiding.map((mask) => (mask.path[0] ?? '').toLowerCase());
  if (isCovered || reference.rowUsed || masked.some((column) => reference.reads.includes(column))) {
    const place =
      role === 'target'
        ? 'reads masked columns of the table that it changes'
        : 'names a masked table where no mask can be put';
    refuse(`The statement ${place}: ${name.dataset}.${name.name}.`);
  }
  return false;
}

function editsFor(
  text: string,
  reference: TableReferenceFact,
  { masks, filters }: Hidden,
  covers: readonly ViewCover[],
  taken: Set<string>,
): readonly Edit[] {
  const { table, name, pathRange } = reference;
  if (table === undefined) return refuse(`The columns of ${name.dataset}.${name.name} are not known.`);
  const columns = new Set(table.columns.map((column) => column.name.toLowerCase()));
  const covering = masksOf(name, masks);
  const masked = {
    tree: maskTree(covering),
    filter: filterOf(name, filters),
    suppressed: covering.filter((mask) => mask.suppresses === true).map(({ path }) => path),
  };
  const edits = maskReference(text, reference, table, masked, namesFor(taken, columns));
  const inlined = coverOf(covers, name)?.inlined;
  return inlined === undefined ? edits : [...edits, inline(reference, pathRange, inlined)];
}

/** A line end, since the text may end in a comment. */
function inline(
  { systemTime, sample }: TableReferenceFact,
  pathRange: TableReferenceFact['pathRange'],
  { text }: RewrittenSources,
): Edit {
  if (systemTime !== undefined || sample !== undefined)
    refuse('A view over masked tables cannot be read at another time or in part.');
  return { start: pathRange.start, end: pathRange.end, text: `(${text}\n)` };
}

function placesOf(
  { name, pathRange }: TableReferenceFact,
  covers: readonly ViewCover[],
  { positions }: Rewritten,
): readonly number[] {
  const start = positions.toRewritten(pathRange.start);
  const inlined = coverOf(covers, name)?.inlined;
  return inlined === undefined ? [start] : inlined.places.map((place) => start + 1 + place);
}
