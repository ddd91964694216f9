import type { BudgetStore, Claim, ReserveRequest } from '../store/index.ts';
import type { TestApi } from './test-middleware.ts';

const day = 86_400_000;
const start = new Date('2026-03-01T12:00:00Z');
const later = (milliseconds: number): Date => new Date(start.getTime() + milliseconds);

let last = 0;

/** Ids and counters of their own, so that one store may serve all checks. */
const fresh = (what: string): string => `${what}-${(last += 1)}`;

function claim(counter: string, amount: bigint, hold: Claim['hold'] = 'charge', limit = 100n): Claim {
  return { counter, amount, limit, hold, counterExpiresAt: later(40 * day) };
}

function request(claims: readonly Claim[], id = fresh('lease'), expiresAt = later(60_000)): ReserveRequest {
  return { id, expiresAt, claims };
}

/**
 * Checks what every store of budgets must do. `open` gives one in which nothing else is counted meanwhile; it may
 * give the same one each time.
 *
 * ```ts
 * testBudgetStore('my store', async () => myStore(), { describe, expect, it });
 * ```
 */
export function testBudgetStore(name: string, open: () => Promise<BudgetStore>, api: TestApi): void {
  api.describe(`${name} as a store of budgets`, () => {
    for (const { title, run } of checks) {
      api.it(title, async () => {
        const store = await open();
        await run({ store, equal: (actual, expected) => void api.expect(actual).toEqual(expected) });
      });
    }
  });
}

interface Suite {
  readonly store: BudgetStore;
  readonly equal: (actual: unknown, expected: unknown) => void;
}

interface Check {
  readonly title: string;
  readonly run: (suite: Suite) => Promise<void>;
}

const checks: readonly Check[] = [
  { title: 'holds what is reserved until it is settled', run: holdsUntilSettled },
  { title: 'settles a lease once', run: settlesOnce },
  { title: 'takes all claims or none', run: takesAllOrNone },
  { title: 'adds up claims on one counter', run: addsUpClaims },
  { title: 'spends at once what needs no lease', run: spendsAtOnce },
  { title: 'charges or releases what a lease still held at its end', run: endsLeases },
  { title: 'finds a lease by its name, and all that hold a counter', run: findsLeases },
  { title: 'never lets parallel requests exceed a limit', run: holdsUnderLoad },
  { title: 'settles a lease once, however many try at the same time', run: settlesOnceUnderLoad },
  { title: 'counts on when the clock is set back or ahead', run: survivesClocks },
  { title: 'begins anew where a counter has expired and nothing is held', run: forgetsCounters },
  { title: 'keeps amounts beyond what a double can hold', run: keepsLargeAmounts },
  { title: 'refuses claims that are no claims', run: refusesNonsense },
];

async function holdsUntilSettled({ store, equal }: Suite): Promise<void> {
  const counter = fresh('counter');
  equal(await store.read(counter, start), { spent: 0n, held: 0n });
  const wanted = request([claim(counter, 60n)]);
  equal(await store.reserve(wanted, start), { kind: 'reserved' });
  equal(await store.read(counter, start), { spent: 0n, held: 60n });
  const second = await store.reserve(request([claim(counter, 41n)]), start);
  equal(second, { kind: 'exceeded', counter, available: 40n });
  equal(await store.settle(wanted.id, { [counter]: 10n }, start), true);
  equal(await store.read(counter, start), { spent: 10n, held: 0n });
  equal(await store.reserve(request([claim(counter, 90n)]), start), { kind: 'reserved' });
}

async function settlesOnce({ store, equal }: Suite): Promise<void> {
  const counter = fresh('counter');
  const wanted = request([claim(counter, 60n)]);
  await store.reserve(wanted, start);
  equal(await store.settle(wanted.id, {}, start), true);
  equal(await store.settle(wanted.id, { [counter]: 60n }, start), false);
  equal(await store.settle(fresh('lease'), { [counter]: 60n }, start), false);
  equal(await store.read(counter, start), { spent: 0n, held: 0n });
}

async function takesAllOrNone({ store, equal }: Suite): Promise<void> {
  const [roomy, tight] = [fresh('counter'), fresh('counter')];
  const claims = [claim(roomy, 5n), claim(roomy, 5n, 'spend'), claim(tight, 101n)];
  const outcome = await store.reserve(request(claims), start);
  equal(outcome, { kind: 'exceeded', counter: tight, available: 100n });
  equal(await store.read(roomy, start), { spent: 0n, held: 0n });
}

async function addsUpClaims({ store, equal }: Suite): Promise<void> {
  const counter = fresh('counter');
  const outcome = await store.reserve(request([claim(counter, 60n), claim(counter, 60n)]), start);
  equal(outcome.kind, 'exceeded');
  equal(await store.read(counter, start), { spent: 0n, held: 0n });
}

async function spendsAtOnce({ store, equal }: Suite): Promise<void> {
  const counter = fresh('counter');
  const wanted = request([claim(counter, 1n, 'spend', 1n)]);
  equal(await store.reserve(wanted, start), { kind: 'reserved' });
  equal(await store.settle(wanted.id, {}, start), false);
  equal(await store.read(counter, start), { spent: 1n, held: 0n });
  const again = await store.reserve(request([claim(counter, 1n, 'spend', 1n)]), start);
  equal(again, { kind: 'exceeded', counter, available: 0n });
}

async function endsLeases({ store, equal }: Suite): Promise<void> {
  const [bytes, slots] = [fresh('counter'), fresh('counter')];
  const wanted = request([claim(bytes, 70n), claim(slots, 1n, 'release', 1n)]);
  await store.reserve(wanted, start);
  equal(await store.read(bytes, later(59_999)), { spent: 0n, held: 70n });
  equal(await store.read(bytes, later(60_000)), { spent: 70n, held: 0n });
  equal(await store.read(slots, later(60_000)), { spent: 0n, held: 0n });
  equal(await store.settle(wanted.id, {}, later(60_000)), false);
}

async function findsLeases({ store, equal }: Suite): Promise<void> {
  const counter = fresh('counter');
  const name = fresh('job');
  const wanted = request([claim(counter, 1n), claim(fresh('counter'), 1n, 'spend')]);
  await store.reserve(wanted, start);
  equal(await store.find(name, start), undefined);
  equal(await store.name(wanted.id, name, start), true);
  const lease = {
    id: wanted.id,
    name,
    expiresAt: wanted.expiresAt,
    claims: [{ counter, amount: 1n, hold: 'charge' }],
  };
  equal(await store.find(name, start), lease);
  const second = request([claim(counter, 2n)]);
  await store.reserve(second, start);
  const held = await store.held(counter, start);
  equal(
    held.map(({ id }) => id),
    [wanted.id, second.id],
  );
  await store.settle(wanted.id, {}, start);
  equal(await store.find(name, start), undefined);
  equal(await store.name(wanted.id, name, start), false);
}

async function holdsUnderLoad({ store, equal }: Suite): Promise<void> {
  const [first, second] = [fresh('counter'), fresh('counter')];
  const requests = Array.from({ length: 200 }, (_, index) => {
    const claims = [claim(first, 3n), claim(second, 2n)];
    return request(index % 2 === 0 ? claims : claims.toReversed());
  });
  const outcomes = await Promise.all(requests.map((each) => store.reserve(each, start)));
  equal(outcomes.filter(({ kind }) => kind === 'reserved').length, 33);
  equal(await store.read(first, start), { spent: 0n, held: 99n });
  equal(await store.read(second, start), { spent: 0n, held: 66n });
}

async function settlesOnceUnderLoad({ store, equal }: Suite): Promise<void> {
  const counter = fresh('counter');
  const wanted = request([claim(counter, 50n)]);
  await store.reserve(wanted, start);
  const tries = Array.from({ length: 50 }, () => store.settle(wanted.id, { [counter]: 1n }, start));
  equal((await Promise.all(tries)).filter(Boolean).length, 1);
  equal(await store.read(counter, start), { spent: 1n, held: 0n });
}

async function survivesClocks({ store, equal }: Suite): Promise<void> {
  const counter = fresh('counter');
  const wanted = request([claim(counter, 30n)]);
  await store.reserve(wanted, start);
  await store.settle(wanted.id, { [counter]: 30n }, start);
  for (const moment of [later(30 * day), later(-30 * day), start]) {
    equal(await store.read(counter, moment), { spent: 30n, held: 0n });
  }
}

async function forgetsCounters({ store, equal }: Suite): Promise<void> {
  const [over, used] = [fresh('counter'), fresh('counter')];
  await store.reserve(request([claim(over, 100n, 'spend'), claim(used, 60n, 'spend')]), start);
  const lease = request([claim(used, 40n)], fresh('lease'), later(50 * day));
  await store.reserve(lease, start);
  const afterwards = later(41 * day);
  equal(await store.read(over, afterwards), { spent: 0n, held: 0n });
  equal(await store.read(used, afterwards), { spent: 60n, held: 40n });
}

async function keepsLargeAmounts({ store, equal }: Suite): Promise<void> {
  const counter = fresh('counter');
  const huge = 2n ** 80n + 1n;
  const wanted = request([claim(counter, huge, 'charge', huge)]);
  equal(await store.reserve(wanted, start), { kind: 'reserved' });
  await store.settle(wanted.id, { [counter]: huge }, start);
  equal(await store.read(counter, start), { spent: huge, held: 0n });
}

async function refusesNonsense({ store, equal }: Suite): Promise<void> {
  const counter = fresh('counter');
  const used = request([claim(counter, 1n)]);
  await store.reserve(used, start);
  const nonsense: readonly (() => Promise<unknown>)[] = [
    () => store.reserve(request([claim(counter, 0n)]), start),
    () => store.reserve(request([claim(counter, -1n)]), start),
    () => store.reserve(request([claim(counter, 1n, 'charge', -1n)]), start),
    () => store.reserve(request([claim(counter, 1n)], used.id), start),
    () => store.reserve(request([claim(counter, 1n)]), new Date(Number.NaN)),
    () => store.reserve(request([claim(counter, 1n)], fresh('lease'), new Date(Number.NaN)), start),
  ];
  for (const attempt of nonsense) {
    const end = await attempt().then(
      () => 'taken',
      () => 'refused',
    );
    equal(end, 'refused');
  }
  equal(await store.read(counter, start), { spent: 0n, held: 1n });
}
