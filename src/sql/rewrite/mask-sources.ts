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
}

export interface MaskOptions {
  /** Views and routines whose reading of masked tables is accepted as it is. */
  readonly trusted?: readonly ObjectName[];
  readonly signal?: AbortSignal;
}

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
  if (facts.gaps.length > 0) refuse('A statement that is not understood as a whole cannot be masked.');
  refuseBeneath(analysis, masks, options.trusted ?? []);
  const references = analysis.references.filter((reference) => masksOf(reference.name, masks).length > 0);
  const sources = references.filter((reference) => !isLeftAlone(reference, masks));
  if (sources.length === 0) return applyEdits(text, []);
  const taken = new Set(lex(text).tokens.map((token) => token.value.toLowerCase()));
  const rewritten = applyEdits(
    text,
    sources.flatMap((reference) => editsFor(text, reference, masks, taken)),
  );
  const again = await analyse(rewritten.text, { ...analysis.options, signal: options.signal });
  checkRewritten({ analysis, again, masks, replaced: sources, positions: rewritten.positions });
  return rewritten;
}

function editsFor(
  text: string,
  reference: TableReferenceFact,
  masks: readonly SourceMask[],
  taken: Set<string>,
): readonly Edit[] {
  const { table, name } = reference;
  if (table === undefined) return refuse(`The columns of ${name.dataset}.${name.name} are not known.`);
  const own = new Set([...taken, ...table.columns.map((column) => column.name.toLowerCase())]);
  const edits = maskReference(text, reference, table, maskTree(masksOf(name, masks)), own);
  for (const each of own) taken.add(each);
  return edits;
}

function masksOf(name: ObjectName, masks: readonly SourceMask[]): readonly SourceMask[] {
  return masks.filter((mask) => sameTable(mask.table, name));
}

/** A target may stay when none of its masked columns is read; other places cannot take a subquery. */
function isLeftAlone(reference: TableReferenceFact, masks: readonly SourceMask[]): boolean {
  if (reference.role === 'source') return false;
  const { dataset, name } = reference.name;
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
  trusted: readonly ObjectName[],
): void {
  for (const { name, beneath } of facts.tables) {
    if (beneath.length === 0 || masksOf(name, masks).length === 0) continue;
    if (beneath.some((each) => trusted.some((other) => sameTable(each, other)))) continue;
    const [outer] = beneath;
    refuse(
      `The masked table ${name.dataset}.${name.name} is read through ${outer?.dataset ?? ''}.${outer?.name ?? ''}.`,
    );
  }
}
