import { analyse } from '../analyse.ts';
import type { Analysis } from '../analyse.ts';
import type { CatalogTable } from '../catalog.ts';
import type { ColumnSource, Facts, OutputColumn } from '../facts.ts';
import { fullName } from '../full-name.ts';
import type { RewrittenSources } from './rewrite-sources.ts';
import type { SourceMask } from './source-mask.ts';
import { refuse } from './refuse.ts';
import { sameTable } from './same-table.ts';

/** How masked columns beneath a view are hidden: at its output, or in its text, which then stands in its place. */
export interface ViewCover {
  readonly view: CatalogTable;
  /** Of the view's own columns. */
  readonly masks: readonly SourceMask[];
  readonly inlined?: RewrittenSources;
}

/** Rewrites the view's own text. */
export type RewriteText = (analysis: Analysis) => Promise<RewrittenSources>;

/**
 * A view that only copies masked columns is masked at its output. Any other may have filtered, grouped or computed with
 * them, so that its own text is rewritten and stands in its place.
 */
export async function coverView(
  view: CatalogTable,
  masks: readonly SourceMask[],
  options: Analysis['options'] & { readonly signal?: AbortSignal | undefined },
  rewrite: RewriteText,
): Promise<ViewCover> {
  const { name, view: definition } = view;
  const named = `${name.dataset}.${name.name}`;
  if (definition === undefined || definition.legacy) return refuse(`The view ${named} cannot be read.`);
  const inner = await analyse(definition.sql, {
    ...options,
    project: name.project,
    defaultDataset: undefined,
  });
  if (inner.facts.gaps.length > 0) return refuse(`The view ${named} is not understood as a whole.`);
  const copied = copiedMasks(view, inner.facts, masks);
  if (copied !== undefined) return { view, masks: copied };
  if (name.project !== options.project) refuse(`The view ${named} lies in another project.`);
  refuseForeign(named, inner.facts);
  if (!sameNames(view, inner.facts))
    refuse(`The view ${named} gives its columns other names than its query.`);
  return { view, masks: [], inlined: await rewrite(inner) };
}

/** The masks of the view's columns; `undefined` where it does anything but copy what is masked. */
function copiedMasks(
  view: CatalogTable,
  { outputs, influences }: Facts,
  masks: readonly SourceMask[],
): readonly SourceMask[] | undefined {
  if (outputs.length !== view.columns.length) return undefined;
  if (influences.some((source) => masks.some((mask) => overlap(mask, source)))) return undefined;
  const found: SourceMask[] = [];
  for (const [index, output] of outputs.entries()) {
    const copied = masksOfOutput(output, masks);
    if (copied === undefined) return undefined;
    const column = view.columns[index]?.name ?? '';
    found.push(...copied.map((mask) => atOutput(mask, output, view, column)));
  }
  return found;
}

function masksOfOutput(
  { plain, sources }: OutputColumn,
  masks: readonly SourceMask[],
): readonly SourceMask[] | undefined {
  const touching = masks.filter((mask) => sources.some((source) => overlap(mask, source)));
  const isCopy =
    plain &&
    touching.every(
      ({ path, reads = [] }) => reads.length === 0 && path.length >= (sources[0]?.path.length ?? 0),
    );
  return touching.length === 0 || isCopy ? touching : undefined;
}

function atOutput(
  mask: SourceMask,
  { sources }: OutputColumn,
  { name }: CatalogTable,
  column: string,
): SourceMask {
  const below = mask.path.slice(sources[0]?.path.length ?? 0);
  return {
    ...mask,
    expression: (sql, row) => mask.expression(sql, row),
    table: name,
    path: [column, ...below],
  };
}

function overlap(mask: SourceMask, { table, path }: ColumnSource): boolean {
  if (!sameTable(mask.table, table)) return false;
  const shared = Math.min(path.length, mask.path.length);
  return path.slice(0, shared).every((each, index) => each.toLowerCase() === mask.path[index]?.toLowerCase());
}

/** What means something else in the caller's text, or for another account. */
function refuseForeign(named: string, { functions, systemVariables, parameters, flags }: Facts): void {
  const foreign =
    functions.includes('SESSION_USER') ||
    systemVariables.length > 0 ||
    parameters.named.length > 0 ||
    parameters.positional > 0 ||
    flags.external;
  if (foreign) refuse(`The view ${named} depends on who asks.`);
}

function sameNames({ columns }: CatalogTable, { outputs }: Facts): boolean {
  return (
    columns.length === outputs.length &&
    columns.every(({ name }, index) => name.toLowerCase() === outputs[index]?.name.toLowerCase())
  );
}

export const coverOf = (covers: readonly ViewCover[], name: CatalogTable['name']): ViewCover | undefined =>
  covers.find(({ view }) => fullName(view.name) === fullName(name));
