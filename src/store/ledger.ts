import type { Claim, Count, Held, Lease, ReserveOutcome, ReserveRequest } from './budget-store.ts';

/** What a ledger holds, as it is kept in a file. */
export interface LedgerState {
  readonly counters: readonly LedgerCounter[];
  readonly leases: readonly Lease[];
}

export interface LedgerCounter {
  readonly name: string;
  readonly spent: bigint;
  readonly expiresAt: Date;
}

interface Counter {
  spent: bigint;
  held: bigint;
  expiresAt: number;
}

/** The rules of a store, over plain state: no waiting, so each method is one step. */
export class Ledger {
  readonly #counters = new Map<string, Counter>();
  readonly #leases = new Map<string, Lease>();
  readonly #named = new Map<string, string>();
  /** No lease ends, and no counter is forgotten, before this time. */
  #quietUntil = 0;

  constructor(state?: LedgerState) {
    for (const { name, spent, expiresAt } of state?.counters ?? []) {
      this.#counters.set(name, { spent, held: 0n, expiresAt: expiresAt.getTime() });
    }
    for (const lease of state?.leases ?? []) this.#hold(lease);
  }

  state(): LedgerState {
    const counters = [...this.#counters].map(([name, { spent, expiresAt }]) => ({
      name,
      spent,
      expiresAt: new Date(expiresAt),
    }));
    return { counters, leases: [...this.#leases.values()] };
  }

  reserve({ id, expiresAt, claims }: ReserveRequest, now: Date): ReserveOutcome {
    this.#sweep(now);
    if (this.#leases.has(id)) throw new TypeError('The id of a lease is used once.');
    const wanted = claims.map(checked);
    for (const claim of wanted) {
      const available = claim.limit - this.#total(claim.counter, wanted, claim);
      if (claim.amount > available) {
        return { kind: 'exceeded', counter: claim.counter, available: available > 0n ? available : 0n };
      }
    }
    for (const claim of wanted) this.#counter(claim.counter, claim.counterExpiresAt.getTime());
    for (const { counter, amount, hold } of wanted) {
      if (hold === 'spend') this.#counter(counter).spent += amount;
    }
    const held = wanted.flatMap(({ counter, amount, hold }) =>
      hold === 'spend' ? [] : [{ counter, amount, hold }],
    );
    if (held.length > 0) this.#hold({ id, name: undefined, expiresAt: checkedTime(expiresAt), claims: held });
    return { kind: 'reserved' };
  }

  settle(id: string, spent: Readonly<Record<string, bigint>>, now: Date): boolean {
    this.#sweep(now);
    const lease = this.#leases.get(id);
    if (lease === undefined) return false;
    this.#end(lease, ({ counter }) => atLeastZero(spent[counter] ?? 0n));
    return true;
  }

  name(id: string, name: string, now: Date): boolean {
    this.#sweep(now);
    const lease = this.#leases.get(id);
    if (lease === undefined) return false;
    this.#leases.set(id, { ...lease, name });
    this.#named.set(name, id);
    return true;
  }

  find(name: string, now: Date): Lease | undefined {
    this.#sweep(now);
    const id = this.#named.get(name);
    return id === undefined ? undefined : this.#leases.get(id);
  }

  held(counter: string, now: Date): readonly Lease[] {
    this.#sweep(now);
    return [...this.#leases.values()].filter(({ claims }) =>
      claims.some((claim) => claim.counter === counter),
    );
  }

  read(counter: string, now: Date): Count {
    this.#sweep(now);
    const { spent = 0n, held = 0n } = this.#counters.get(counter) ?? {};
    return { spent, held };
  }

  /** What is gone of a counter, other claims of the same request on it included. */
  #total(counter: string, claims: readonly Claim[], except: Claim): bigint {
    const { spent = 0n, held = 0n } = this.#counters.get(counter) ?? {};
    const others = claims.filter((claim) => claim !== except && claim.counter === counter);
    return others.reduce((sum, { amount }) => sum + amount, spent + held);
  }

  #counter(name: string, expiresAt = 0): Counter {
    const counter = this.#counters.get(name) ?? { spent: 0n, held: 0n, expiresAt };
    counter.expiresAt = Math.max(counter.expiresAt, expiresAt);
    this.#counters.set(name, counter);
    return counter;
  }

  #hold(lease: Lease): void {
    this.#leases.set(lease.id, lease);
    if (lease.name !== undefined) this.#named.set(lease.name, lease.id);
    for (const { counter, amount } of lease.claims) {
      this.#counter(counter, lease.expiresAt.getTime()).held += amount;
    }
    this.#quietUntil = Math.min(this.#quietUntil, lease.expiresAt.getTime());
  }

  #end(lease: Lease, spentOf: (claim: Held) => bigint): void {
    this.#leases.delete(lease.id);
    if (lease.name !== undefined) this.#named.delete(lease.name);
    for (const claim of lease.claims) {
      const counter = this.#counter(claim.counter);
      counter.held -= claim.amount;
      counter.spent += spentOf(claim);
    }
  }

  #sweep(date: Date): void {
    const now = checkedTime(date).getTime();
    if (now < this.#quietUntil) return;
    for (const lease of this.#leases.values()) {
      if (lease.expiresAt.getTime() > now) continue;
      this.#end(lease, ({ amount, hold }) => (hold === 'charge' ? amount : 0n));
    }
    for (const [name, { held, expiresAt }] of this.#counters) {
      if (held === 0n && expiresAt <= now) this.#counters.delete(name);
    }
    const ends = [...this.#leases.values()].map(({ expiresAt }) => expiresAt.getTime());
    this.#quietUntil = Math.min(now + 3_600_000, ...ends);
  }
}

function checked(claim: Claim): Claim {
  if (claim.amount <= 0n || claim.limit < 0n) {
    throw new TypeError('A claim needs an amount above zero and a limit that is not negative.');
  }
  checkedTime(claim.counterExpiresAt);
  return claim;
}

function checkedTime(time: Date): Date {
  if (Number.isNaN(time.getTime())) throw new TypeError('The clock gives no time.');
  return time;
}

const atLeastZero = (amount: bigint): bigint => (amount < 0n ? 0n : amount);
