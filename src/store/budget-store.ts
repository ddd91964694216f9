/**
 * What is left of what was granted: counters with limits, and leases that hold a part of them until it is known
 * what was really spent. Each method is one step that nothing comes between, whatever the number of processes. A
 * store that cannot answer throws, and the call is refused. `testBudgetStore` of `bigquery-guard/testing` holds what an
 * implementation must do.
 */
export interface BudgetStore {
  /**
   * Compares every claim with the limit of its counter and takes all of them, or none. What is spent and what
   * leases hold never exceeds the limit. The id of a lease is used once.
   */
  reserve(request: ReserveRequest, now: Date): Promise<ReserveOutcome>;
  /**
   * Ends a lease: its counters count what was spent in place of what was held; those that are not named, nothing.
   * False when the lease has ended already, and then nothing changes.
   */
  settle(id: string, spent: Readonly<Record<string, bigint>>, now: Date): Promise<boolean>;
  /** Gives a lease the name of the job that it is for. False when the lease has ended. */
  name(id: string, name: string, now: Date): Promise<boolean>;
  /** The lease of that name that is held. */
  find(name: string, now: Date): Promise<Lease | undefined>;
  /** The leases that hold a part of a counter, the oldest first. */
  held(counter: string, now: Date): Promise<readonly Lease[]>;
  read(counter: string, now: Date): Promise<Count>;
  close?(): Promise<void>;
}

export interface ReserveRequest {
  readonly id: string;
  /** When nobody settles until then, the lease ends by itself, and each claim says what becomes of it. */
  readonly expiresAt: Date;
  readonly claims: readonly Claim[];
}

export interface Claim {
  readonly counter: string;
  /** Above zero. */
  readonly amount: bigint;
  readonly limit: bigint;
  /**
   * `spend`: counts at once, for good. `charge`: held, and counted in full when the lease ends by itself: it may
   * have been spent. `release`: held, and given back then.
   */
  readonly hold: 'spend' | 'charge' | 'release';
  /** From when on the counter may be forgotten, once nothing is held of it. */
  readonly counterExpiresAt: Date;
}

export type ReserveOutcome =
  | { readonly kind: 'reserved' }
  /** Nothing was taken. `available` is what was left of the first counter that had too little. */
  | { readonly kind: 'exceeded'; readonly counter: string; readonly available: bigint };

/** A part of counters that is held; claims of kind `spend` are not among it. */
export interface Lease {
  readonly id: string;
  readonly name: string | undefined;
  readonly expiresAt: Date;
  readonly claims: readonly Held[];
}

export interface Held {
  readonly counter: string;
  readonly amount: bigint;
  readonly hold: 'charge' | 'release';
}

export interface Count {
  readonly spent: bigint;
  readonly held: bigint;
}
