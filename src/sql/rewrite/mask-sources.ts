import { analyse } from '../analyse.ts';
import type { Analysis } from '../analyse.ts';
import type { ObjectName } from '../catalog.ts';
import { lex } from '../lexer/index.ts';
import type { TableReferenceFact } from '../resolve/reference-fact.ts';
import { applyEdits } from './apply-edits.ts';
import type { Edit, Rewritten } from './apply-edits.ts';
import { checkRewritten } from './check-rewritten.ts';
import { maskTree } from './mask-column.ts';
import { maskReference } from './mask-reference.ts';
import { namesFor } from './names.ts';
import { refuse } from './refuse.ts';
import { sameTable } from './same-table.ts';

/** What stands in the place of a column or field wherever the table is read. */
export interface SourceMask {
  readonly table: ObjectName;
  readonly path: readonly string[];
  /** SQL text of the masked value, out of SQL text of the value; for a repeated column, of one element. */
  expression(sql: string): string;
  /** True when a repeated column becomes empty, rather than an array of masked elements. */
  readonly empties?: boolean;
  /** True when rows in which the column is not NULL do not appear. */
  readonly suppresses?: boolean;
}

/** Which rows of a table a query may see at all, wherever it is read. */
export interface SourceFilter {
  readonly table: ObjectName;
  /** SQL text of the condition, out of the name by which the columns of the row are reached. */
  condition(row: string): string;
}

export interface MaskOptions {
  readonly filters?: readonly SourceFilter[];
  /** Views and routines whose reading of masked tables is accepted as it is. */
  readonly trusted?: readonly ObjectName[];
  readonly signal?: AbortSignal;
}

/** The analysis of the masked text may run on another thread, making and comparing it do not: 0.25 ms per kilobyte. */
const longest = 100_000;

/**
 * Replaces every reference to a table with masks by a subquery that lists the needed columns by name, with
 * the masks in place. The result is parsed and analysed again; what is not exactly the same query over
 * masked columns is an error, and nothing is handed out.
 */
export async function maskSources(
  analysis: Analysis,
  masks: readonly SourceMask[],
  options: MaskOptions = {},
): Promise<Rewritten> {
  const { text, facts } = analysis;
  if (text.length > longest) refuse(`A text of more than ${longest} characters cannot be masked.`);
  if (facts.gaps.length > 0) refuse('A statement that is not understood as a whole cannot be masked.');
  const { filters = [], trusted = [] } = options;
  refuseBeneath(analysis, masks, filters, trusted);
  const references = analysis.references.filter(
    ({ name }) => masksOf(name, masks).length > 0 || filterOf(name, filters) !== undefined,
  );
  const sources = references.filter((reference) => !isLeftAlone(reference, masks, filters));
  if (sources.length === 0) return applyEdits(text, []);
  const taken = new Set(lex(text).tokens.map((token) => token.value.toLowerCase()));
  const rewritten = applyEdits(
    text,
    sources.flatMap((reference) => editsFor(text, reference, masks, filters, taken)),
  );
  const again = await analyse(rewritten.text, { ...analysis.options, signal: options.signal });
  checkRewritten({ analysis, again, masks, filters, replaced: sources, positions: rewritten.positions });
  return rewritten;
}

function editsFor(
  text: string,
  reference: TableReferenceFact,
  masks: readonly SourceMask[],
  filters: readonly SourceFilter[],
  taken: Set<string>,
): readonly Edit[] {
  const { table, name } = reference;
  if (table === undefined) return refuse(`The columns of ${name.dataset}.${name.name} are not known.`);
  const columns = new Set(table.columns.map((column) => column.name.toLowerCase()));
  const covering = masksOf(name, masks);
  const masked = {
    tree: maskTree(covering),
    filter: filterOf(name, filters),
    suppressed: covering.filter((mask) => mask.suppresses === true).map(({ path }) => path),
  };
  return maskReference(text, reference, table, masked, namesFor(taken, columns));
}

function masksOf(name: ObjectName, masks: readonly SourceMask[]): readonly SourceMask[] {
  return masks.filter((mask) => sameTable(mask.table, name));
}

function filterOf(name: ObjectName, filters: readonly SourceFilter[]): SourceFilter | undefined {
  return filters.find(({ table }) => sameTable(table, name));
}

/** A target may stay when none of its masked columns is read; other places cannot take a subquery. */
function isLeftAlone(
  reference: TableReferenceFact,
  masks: readonly SourceMask[],
  filters: readonly SourceFilter[],
): boolean {
  if (reference.role === 'source') return false;
  const { dataset, name } = reference.name;
  if (filterOf(reference.name, filters) !== undefined)
    refuse(
      `The statement names ${dataset}.${name}, of which not all rows may be seen, where no filter can be put.`,
    );
  const masked = masksOf(reference.name, masks).map((mask) => (mask.path[0] ?? '').toLowerCase());
  if (reference.rowUsed || masked.some((column) => reference.reads.includes(column))) {
    const place =
      reference.role === 'target'
        ? 'reads masked columns of the table that it changes'
        : 'names a masked table where no mask can be put';
    refuse(`The statement ${place}: ${dataset}.${name}.`);
  }
  return true;
}

function refuseBeneath(
  { facts }: Analysis,
  masks: readonly SourceMask[],
  filters: readonly SourceFilter[],
  trusted: readonly ObjectName[],
): void {
  for (const { name, beneath } of facts.tables) {
    const isFiltered = filterOf(name, filters) !== undefined;
    if (beneath.length === 0 || (masksOf(name, masks).length === 0 && !isFiltered)) continue;
    if (!isFiltered && beneath.some((each) => trusted.some((other) => sameTable(each, other)))) continue;
    const [outer] = beneath;
    refuse(
      `The masked table ${name.dataset}.${name.name} is read through ${outer?.dataset ?? ''}.${outer?.name ?? ''}.`,
    );
  }
}
