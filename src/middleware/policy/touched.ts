import type { ColumnSource } from '../../sql/facts.ts';
import type { AccessPair } from './access.ts';
import type { CompiledPolicy } from './compile.ts';
import type { DecisionRequest } from './decide.ts';
import type { MaskRule } from './document.ts';
import type { Tag } from './tags.ts';
import { traitsOf, type Traits } from './traits.ts';

/** A column that is read or decides the result, with every tag that it carries. */
export interface ReadColumn {
  readonly column: ColumnSource;
  readonly tags: readonly Tag[];
}

export interface TouchedPair {
  readonly pair: AccessPair;
  /** Tags of the object itself: only these open anything. */
  readonly own: ReadonlySet<Tag>;
  /** With those of the columns that are read of it. */
  readonly all: ReadonlySet<Tag>;
}

/** What a call touches, with the tags of it. */
export interface Touched {
  readonly traits: Traits;
  readonly pairs: readonly TouchedPair[];
  readonly columns: readonly ReadColumn[];
  readonly tags: ReadonlySet<Tag>;
  /** Columns and labels were not looked up yet. */
  readonly isUnseen: boolean;
}

export function touchedBy(policy: CompiledPolicy, request: DecisionRequest): Touched {
  const traits = traitsOf(request);
  const columns = request.columns.map((column) => ({
    column,
    tags: [...new Set(policy.tags.ofColumn(column, traits))],
  }));
  // Labels are not known before the object was looked up: until then it may have each of them.
  const possible = isUnseen(request) ? policy.tags.byLabel : [];
  const pairs = request.pairs.map((pair): TouchedPair => {
    const own =
      pair.object.kind === 'tokens'
        ? tagsOfTokens(policy, pair.object.mask)
        : policy.tags.ofObject(pair.object, traits);
    const below = columns.filter(({ column }) => isTableOf(pair.object, column)).flatMap(({ tags }) => tags);
    return { pair, own: new Set([...own, ...possible]), all: new Set([...own, ...below]) };
  });
  const tags = new Set(pairs.flatMap(({ own, all }) => [...own, ...all]));
  return { traits, pairs, columns, tags, isUnseen: isUnseen(request) };
}

/** A token tells its key and not its mask: whoever turns it back has to be let in to all that lies under the key. */
function tagsOfTokens({ masks }: CompiledPolicy, name: string): readonly Tag[] {
  const key = keyOf(masks.find(({ source }) => source.name === name)?.source);
  if (key === undefined) return [];
  return [...new Set(masks.filter(({ source }) => keyOf(source) === key).flatMap(({ tags }) => tags))];
}

const keyOf = (mask: MaskRule | undefined): string | undefined =>
  mask !== undefined && 'key' in mask ? mask.key : undefined;

/** Nothing was looked up yet. */
export const isUnseen = ({ pending }: DecisionRequest): boolean =>
  pending === 'facts' || pending === 'objects';

export function isTableOf(object: AccessPair['object'], { table }: ColumnSource): boolean {
  return (
    object.kind === 'table' &&
    object.project === table.project &&
    object.dataset === table.dataset &&
    object.table === table.name
  );
}
