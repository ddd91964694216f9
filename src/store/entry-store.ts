/**
 * Texts under keys, each with a version: what processes share and change by compare-and-set. Each method is one step that
 * nothing comes between, whatever the number of processes. A store that cannot answer throws, and the call is refused.
 * `testStore` of `bigquery-guard/testing` holds what an implementation must do.
 */
export interface EntryStore {
  get(key: string, now: Date): Promise<Entry | undefined>;
  /** Makes all changes and keeps them for good before it answers; or none, where one finds another version than it expects. */
  commit(changes: readonly Change[], now: Date): Promise<CommitOutcome>;
  /** Entries whose keys begin so, in the order of their keys, character by character. */
  list(prefix: string, now: Date, page?: EntryPage): Promise<readonly Entry[]>;
  /**
   * Calls the listener with each key that begins so and was changed, also by another process: within a second, at least
   * once, in no order. What expires is not told. Returns how to stop that.
   */
  watch(prefix: string, listener: (key: string) => void): () => void;
  close?(): Promise<void>;
}

export interface Entry {
  /** Up to 500 characters of ASCII that can be seen, without blanks. */
  readonly key: string;
  readonly value: string;
  /** Of the commit that wrote it; no other commit has the same, also after the entry was taken away. */
  readonly version: string;
  /** From then on there is no such entry. */
  readonly expiresAt?: Date;
}

export interface Change {
  /** A commit names it once. */
  readonly key: string;
  /** `undefined`: there must be no entry. */
  readonly expected: string | undefined;
  /** `undefined` takes the entry away. */
  readonly value: string | undefined;
  readonly expiresAt?: Date | undefined;
}

export type CommitOutcome =
  | { readonly kind: 'committed'; readonly version: string }
  /** Nothing was changed. The first key that had another version. */
  | { readonly kind: 'conflict'; readonly key: string };

export interface EntryPage {
  /** Begin after this key. */
  readonly after?: string | undefined;
  readonly limit?: number | undefined;
}
