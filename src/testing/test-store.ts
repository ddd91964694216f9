import type { Change, EntryStore, ReserveRequest, SharedStore } from '../store/index.ts';
import { testBudgetStore } from './test-budget-store.ts';
import type { TestApi } from './test-middleware.ts';

const start = new Date('2026-03-01T12:00:00Z');
const later = (milliseconds: number): Date => new Date(start.getTime() + milliseconds);

let last = 0;

/** Keys of their own, so that one store may serve all checks. */
const fresh = (what: string): string => `${what}-${(last += 1)}`;

/**
 * Checks what every store must do: entries here, budgets by `testBudgetStore`. `open` gives one in which nothing else is changed
 * meanwhile; it may give the same one each time.
 *
 * ```ts
 * testStore('my store', async () => myStore(), { describe, expect, it });
 * ```
 */
export function testStore(name: string, open: () => Promise<SharedStore>, api: TestApi): void {
  testBudgetStore(name, async () => (await open()).budgets, api);
  api.describe(`${name} as a store`, () => {
    for (const { title, run } of checks) {
      api.it(title, async () => {
        const { entries, budgets } = await open();
        await run({
          entries,
          budgets,
          equal: (actual, expected) => void api.expect(actual).toEqual(expected),
        });
      });
    }
  });
}

interface Suite extends Pick<SharedStore, 'entries' | 'budgets'> {
  readonly equal: (actual: unknown, expected: unknown) => void;
}

interface Check {
  readonly title: string;
  readonly run: (suite: Suite) => Promise<void>;
}

const checks: readonly Check[] = [
  { title: 'keeps what was committed, under the version of the commit', run: keepsEntries },
  { title: 'changes an entry only for who knows its version', run: comparesVersions },
  { title: 'makes all changes of a commit or none', run: changesAllOrNone },
  { title: 'takes entries away, and never gives a version again', run: takesAway },
  { title: 'lists by prefix, in the order of keys, page by page', run: lists },
  { title: 'knows an entry until it expires', run: expires },
  { title: 'lets one of many win who change the same entry at the same time', run: letsOneWin },
  { title: 'loses no change of many who try again until they win', run: losesNothing },
  { title: 'tells who watches of changes below a prefix', run: tells },
  { title: 'keeps long and unusual texts as they are', run: keepsTexts },
  { title: 'lends a lock to one at a time, until it is given back or expires', run: lendsLocks },
  { title: 'refuses commits that are no commits', run: refusesNonsense },
];

const put = (key: string, value: string, expected?: string): Change => ({ key, value, expected });

async function committed(entries: EntryStore, ...changes: readonly Change[]): Promise<string> {
  const outcome = await entries.commit(changes, start);
  if (outcome.kind === 'committed') return outcome.version;
  throw new Error(`A commit met another version of ${outcome.key}.`);
}

async function keepsEntries({ entries, equal }: Suite): Promise<void> {
  const [one, other] = [fresh('entry'), fresh('entry')];
  equal(await entries.get(one, start), undefined);
  const version = await committed(entries, put(one, 'a'), put(other, 'b'));
  equal(await entries.get(one, start), { key: one, value: 'a', version });
  equal(await entries.get(other, start), { key: other, value: 'b', version });
}

async function comparesVersions({ entries, equal }: Suite): Promise<void> {
  const key = fresh('entry');
  const conflict = { kind: 'conflict', key };
  equal(await entries.commit([put(key, 'a', 'no-such-version')], start), conflict);
  const first = await committed(entries, put(key, 'a'));
  equal(await entries.commit([put(key, 'b')], start), conflict);
  const second = await committed(entries, put(key, 'b', first));
  equal(first === second, false);
  equal(await entries.commit([put(key, 'c', first)], start), conflict);
  equal(await entries.get(key, start), { key, value: 'b', version: second });
}

async function changesAllOrNone({ entries, equal }: Suite): Promise<void> {
  const [absent, present] = [fresh('entry'), fresh('entry')];
  const version = await committed(entries, put(present, 'a'));
  const outcome = await entries.commit([put(absent, 'b'), put(present, 'c')], start);
  equal(outcome, { kind: 'conflict', key: present });
  equal(await entries.get(absent, start), undefined);
  equal(await entries.get(present, start), { key: present, value: 'a', version });
}

async function takesAway({ entries, equal }: Suite): Promise<void> {
  const key = fresh('entry');
  const first = await committed(entries, put(key, 'a'));
  await committed(entries, { key, expected: first, value: undefined });
  equal(await entries.get(key, start), undefined);
  const second = await committed(entries, put(key, 'a'));
  const late = await entries.commit([{ key, expected: first, value: undefined }], start);
  equal(late, { kind: 'conflict', key });
  equal(await entries.get(key, start), { key, value: 'a', version: second });
}

async function lists({ entries, equal }: Suite): Promise<void> {
  const folder = `${fresh('folder')}/`;
  const names = ['b', 'B', 'a/1', 'a', 'a.1', '~', '!', '_'].map((name) => `${folder}${name}`);
  for (const name of names) await committed(entries, put(name, 'x'));
  await committed(entries, put(fresh('entry'), 'x'));
  const inOrder = ['!', 'B', '_', 'a', 'a.1', 'a/1', 'b', '~'].map((name) => `${folder}${name}`);
  const keysOf = async (prefix: string, page?: { after?: string; limit?: number }): Promise<unknown> =>
    (await entries.list(prefix, start, page)).map(({ key }) => key);
  equal(await keysOf(folder), inOrder);
  equal(await keysOf(`${folder}a`), inOrder.slice(3, 6));
  equal(await keysOf(folder, { limit: 3 }), inOrder.slice(0, 3));
  equal(await keysOf(folder, { after: `${folder}_`, limit: 2 }), inOrder.slice(3, 5));
  equal(await keysOf(folder, { after: `${folder}^` }), inOrder.slice(2));
  equal(await keysOf(folder, { after: `${folder}~` }), []);
}

async function expires({ entries, equal }: Suite): Promise<void> {
  const key = fresh('entry');
  const change = { ...put(key, 'a'), expiresAt: later(60_000) };
  const first = await committed(entries, change);
  const entry = { key, value: 'a', version: first, expiresAt: later(60_000) };
  equal(await entries.get(key, later(59_999)), entry);
  equal(await entries.list(key, later(59_999)), [entry]);
  equal(await entries.get(key, later(60_000)), undefined);
  equal(await entries.list(key, later(60_000)), []);
  const stale = await entries.commit([put(key, 'b', first)], later(60_000));
  equal(stale, { kind: 'conflict', key });
  equal((await entries.commit([put(key, 'b')], later(60_000))).kind, 'committed');
}

async function letsOneWin({ entries, equal }: Suite): Promise<void> {
  const key = fresh('entry');
  const version = await committed(entries, put(key, 'a'));
  const tries = Array.from({ length: 50 }, (_, index) =>
    entries.commit([put(key, `${index}`, version)], start),
  );
  const outcomes = await Promise.all(tries);
  equal(outcomes.filter(({ kind }) => kind === 'committed').length, 1);
}

async function losesNothing({ entries, equal }: Suite): Promise<void> {
  const key = fresh('entry');
  await committed(entries, put(key, '0'));
  const countUp = async (): Promise<void> => {
    for (;;) {
      const { value, version } = (await entries.get(key, start)) ?? { value: '', version: '' };
      const { kind } = await entries.commit([put(key, `${Number(value) + 1}`, version)], start);
      if (kind === 'committed') return;
    }
  };
  await Promise.all(Array.from({ length: 20 }, countUp));
  equal((await entries.get(key, start))?.value, '20');
}

async function tells({ entries, equal }: Suite): Promise<void> {
  const folder = `${fresh('folder')}/`;
  const heard = new Set<string>();
  const stop = entries.watch(folder, (key) => heard.add(key));
  const version = await committed(entries, put(`${folder}a`, 'x'), put(fresh('entry'), 'x'));
  await committed(entries, put(`${folder}b`, 'x'));
  await waitUntil(() => heard.size === 2);
  equal([...heard].toSorted(), [`${folder}a`, `${folder}b`]);
  heard.clear();
  await committed(entries, { key: `${folder}a`, expected: version, value: undefined });
  await waitUntil(() => heard.has(`${folder}a`));
  stop();
  heard.clear();
  await committed(entries, put(`${folder}c`, 'x'));
  await new Promise((resolve) => void setTimeout(resolve, 20));
  equal([...heard], []);
}

async function waitUntil(isSo: () => boolean): Promise<void> {
  const until = performance.now() + 1_000;
  while (!isSo() && performance.now() < until) await new Promise((resolve) => void setTimeout(resolve, 5));
}

async function keepsTexts({ entries, equal }: Suite): Promise<void> {
  const key = `${fresh('entry')}%_'"\\`;
  for (const value of ['', '\n\r\t"\'\\{}', 'å-\u{1f600}-\u2028', 'x'.repeat(1_000_000)]) {
    const { version } = (await entries.get(key, start)) ?? {};
    await committed(entries, put(key, value, version));
    equal((await entries.get(key, start))?.value === value, true);
  }
}

async function lendsLocks({ budgets, equal }: Suite): Promise<void> {
  const counter = fresh('lock');
  const claim = { counter, amount: 1n, limit: 1n, hold: 'release', counterExpiresAt: later(60_000) } as const;
  const request = (id: string): ReserveRequest => ({ id, expiresAt: later(60_000), claims: [claim] });
  const ids = Array.from({ length: 20 }, () => fresh('holder'));
  const outcomes = await Promise.all(ids.map((id) => budgets.reserve(request(id), start)));
  const winner = ids[outcomes.findIndex(({ kind }) => kind === 'reserved')] ?? '';
  equal(outcomes.filter(({ kind }) => kind === 'reserved').length, 1);
  equal(await budgets.settle(winner, {}, start), true);
  equal((await budgets.reserve(request(fresh('holder')), start)).kind, 'reserved');
  equal((await budgets.reserve(request(fresh('holder')), later(59_999))).kind, 'exceeded');
  const next = { ...request(fresh('holder')), expiresAt: later(120_000) };
  equal((await budgets.reserve(next, later(60_000))).kind, 'reserved');
}

async function refusesNonsense({ entries, equal }: Suite): Promise<void> {
  const key = fresh('entry');
  const nonsense: readonly (() => Promise<unknown>)[] = [
    () => entries.commit([], start),
    () => entries.commit([put(key, 'a'), put(key, 'b')], start),
    () => entries.commit([put('', 'a')], start),
    () => entries.commit([put('two words', 'a')], start),
    () => entries.commit([put('umlaut-ä', 'a')], start),
    () => entries.commit([put('x'.repeat(501), 'a')], start),
    () => entries.commit([{ ...put(key, 'a'), expiresAt: new Date(Number.NaN) }], start),
    () => entries.commit([put(key, 'a')], new Date(Number.NaN)),
    () => entries.get('', start),
  ];
  for (const attempt of nonsense) {
    const end = await attempt().then(
      () => 'taken',
      () => 'refused',
    );
    equal(end, 'refused');
  }
  equal(await entries.get(key, start), undefined);
}
