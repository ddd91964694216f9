import type {
  ArgumentValue,
  DataType,
  Expression,
  FromItem,
  Insert,
  Name,
  Path,
  Query,
  Select,
  SelectStar,
  SetOperation,
  Statement,
  TableReference,
} from '../../ast/index.ts';
import type { Edit } from '../fragment.ts';
import type { AggregateRows } from './aggregates.ts';

/** `ASSERT_ROWS_MODIFIED n`, `THEN RETURN …`. */
export type RowChange = Pick<Insert, 'rowCount' | 'returning'>;

/** How a set operation matches columns, as far as the parser cannot say it. */
export type SetMatch = Pick<SetOperation, 'match' | 'keep' | 'matchColumns'>;

/**
 * What was taken out of a fragment before the parser saw it, by the offset in the original text where
 * it will be missed: the start of a stand-in, or the end of the token before a tail. Each note is taken
 * once; one that is left over means that the tree was read otherwise than we thought.
 */
export interface Holes {
  readonly edits: Edit[];
  readonly queries: Map<number, () => Query>;
  readonly expressions: Map<number, () => Expression>;
  readonly arguments: Map<number, () => ArgumentValue>;
  readonly dataTypes: Map<number, () => DataType>;
  readonly statements: Map<number, () => Statement>;
  readonly fromItems: Map<number, () => FromItem>;
  readonly tails: Map<number, (item: FromItem) => FromItem>;
  readonly nullOrders: Map<number, 'FIRST' | 'LAST'>;
  readonly collations: Map<number, () => Expression>;
  /** What a generated column is made of. */
  readonly generated: Map<number, () => Expression>;
  /** By the parenthesis that opens the arguments. */
  readonly aggregates: Map<number, () => AggregateRows>;
  /** The columns of `WITH DEPTH`. */
  readonly depths: Map<number, Name>;
  readonly stars: Map<number, (qualifier: Expression | undefined) => SelectStar>;
  readonly timeZones: Map<number, () => Expression>;
  /** What follows an INSERT, UPDATE or DELETE. */
  readonly rowChanges: Map<number, (target: TableReference) => RowChange>;
  /** Targets of assignments that are more than a name. */
  readonly paths: Map<number, Path>;
  /** LIKE that is read as IS DISTINCT FROM. */
  readonly likes: Map<number, { readonly negated: boolean }>;
  /** LIKE that is read as IN. */
  readonly quantifiedLikes: Map<number, 'ANY' | 'ALL'>;
  readonly setMatches: Map<number, SetMatch>;
  /** The literals that follow a literal and continue it. */
  readonly adjacent: Map<number, { readonly value: string; readonly end: number }>;
  /** Words that were left out and mean something for the statement around them. */
  readonly words: Map<number, string>;
  readonly privacies: Map<number, () => NonNullable<Select['privacy']>>;
}

export const noHoles = (): Holes => ({
  edits: [],
  queries: new Map(),
  expressions: new Map(),
  arguments: new Map(),
  dataTypes: new Map(),
  statements: new Map(),
  fromItems: new Map(),
  tails: new Map(),
  nullOrders: new Map(),
  collations: new Map(),
  generated: new Map(),
  aggregates: new Map(),
  depths: new Map(),
  stars: new Map(),
  timeZones: new Map(),
  rowChanges: new Map(),
  paths: new Map(),
  likes: new Map(),
  quantifiedLikes: new Map(),
  setMatches: new Map(),
  adjacent: new Map(),
  words: new Map(),
  privacies: new Map(),
});

/** Takes a note, so that it counts as read. */
export const take = <Value>(notes: Map<number, Value>, offset: number): Value | undefined => {
  const value = notes.get(offset);
  if (value !== undefined) notes.delete(offset);
  return value;
};

/** The offset of a note that nobody took. */
export const leftOver = (holes: Holes): number | undefined => {
  for (const notes of Object.values(holes)) {
    if (notes instanceof Map && notes.size > 0) return firstKey(notes);
  }
  return undefined;
};

const firstKey = (notes: ReadonlyMap<number, unknown>): number | undefined => notes.keys().next().value;
