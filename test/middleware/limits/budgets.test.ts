import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../../src/call/call.ts';
import type { JsonObject } from '../../../src/call/json.ts';
import { fromHttpRequest } from '../../../src/call/normalise.ts';
import { queryRequest } from '../../../src/call/query-request.ts';
import { GoogleError } from '../../../src/call/google-error.ts';
import { defaultCost } from '../../../src/middleware/limits/rules.ts';
import { memoryBudgets, type BudgetStore } from '../../../src/store/index.ts';
import { delayed } from '../../store/delayed-store.ts';
import {
  bench,
  billed,
  get,
  insert,
  isDryRun,
  maxima,
  maximumOf,
  mebibyte,
  query,
  refusal,
  size,
} from './harness.ts';

const step = BigInt(10 * mebibyte);
const counter = JSON.stringify(['budget', 'day', 'bytes', '2026-03-01', 'agent-a']);
const start = new Date('2026-03-01T12:00:00Z');

function day(bytes: bigint): {
  readonly name: string;
  readonly per: 'principal';
  readonly period: 'day';
  readonly bytes: bigint;
} {
  return { name: 'day', per: 'principal', period: 'day', bytes };
}

const down: BudgetStore = new Proxy(memoryBudgets(), {
  get: () => () => Promise.reject(new Error('connection refused by 10.0.0.7')),
});

describe('a thousand calls at once', () => {
  it.each([
    ['memory', () => memoryBudgets()],
    ['a store that delays', () => delayed(memoryBudgets())],
  ])(
    'never hold and spend more than the budget, over %s',
    async (_name, open) => {
      const limit = 1_000n * step;
      const store = open();
      const { run, upstream, sent } = bench({ budgets: [day(limit)], store, leaseFor: 3_600_000 });
      // Each query may bill 10 to 50 MiB, and bills that or less.
      upstream.dryRun = async (call) =>
        size(Number(queryRequest(call)?.sql.match(/\d+/)?.[0]) * 10 * mebibyte);
      let inFlight = 0n;
      let spent = 0n;
      let most = 0n;
      upstream.answer = async (call) => {
        const maximum = BigInt(maximumOf(call));
        inFlight += maximum;
        if (spent + inFlight > most) most = spent + inFlight;
        await sleep(Math.random() * 5);
        const bill = maximum - (maximum % 3n === 0n ? step : 0n);
        inFlight -= maximum;
        spent += bill;
        return billed(String(bill));
      };
      const seen: bigint[] = [];
      const ended = new AbortController();
      const watching = (async () => {
        while (!ended.signal.aborted) {
          const count = await store.read(counter, start);
          seen.push(count.spent + count.held);
          await sleep(1);
        }
      })();
      const calls = Array.from({ length: 1_000 }, (_, index) =>
        query(`SELECT ${1 + (index % 5)} AS n FROM shop.orders`),
      );
      const ends = await Promise.all(calls.map((call) => refusal(run(call))));
      ended.abort();
      await watching;
      const ran = ends.filter((end) => end === 'not refused').length;
      expect(ends.filter((end) => JSON.stringify(end) === '["ERR_LIMIT_EXCEEDED","day"]')).toHaveLength(
        1_000 - ran,
      );
      expect(ran).toBeGreaterThan(200);
      expect(seen.filter((total) => total > limit)).toEqual([]);
      expect(most <= limit).toBe(true);
      expect(await store.read(counter, start)).toEqual({ spent, held: 0n });
      expect(new Set(maxima(sent))).toEqual(new Set([1, 2, 3, 4, 5].map((n) => String(n * 10 * mebibyte))));
    },
    60_000,
  );
});

describe('what is held for a query', () => {
  it('is exactly the maximumBytesBilled that is sent, in steps of 10 MiB', async () => {
    const store = memoryBudgets();
    const { run, upstream, sent } = bench({ budgets: [day(100n * step)], store });
    upstream.dryRun = async () => size(30 * mebibyte + 1);
    const held: bigint[] = [];
    upstream.answer = async () => {
      held.push((await store.read(counter, start)).held);
      return billed('32505856');
    };
    await run(query());
    expect(held).toEqual([4n * step]);
    expect(maxima(sent)).toEqual([String(4n * step)]);
    expect(await store.read(counter, start)).toEqual({ spent: 32_505_856n, held: 0n });
  });

  it('is at least 10 MiB for each table, and no more than a limit or the caller says', async () => {
    const store = memoryBudgets();
    const limits = [{ name: 'cheap', maximumBytesBilled: 5n * step }];
    const { run, upstream, sent } = bench({ limits, budgets: [day(100n * step)], store });
    upstream.dryRun = async () => size(5, ['orders', 'customers']);
    const join = 'SELECT o.id FROM shop.orders AS o JOIN shop.customers AS c ON c.id = o.customer_id';
    await run(query(join));
    await run(query(join, { maximumBytesBilled: '15000000' }));
    upstream.dryRun = async () => size(50 * mebibyte - 5);
    await run(query());
    expect(maxima(sent)).toEqual([String(2n * step), '15000000', String(5n * step)]);
  });

  it('stays held when the connection breaks, and is charged when the lease ends', async () => {
    const store = memoryBudgets();
    const { run, upstream, clock } = bench({ budgets: [day(3n * step)], store, leaseFor: 60_000 });
    upstream.answer = () => Promise.reject(new Error('socket hang up'));
    await run(query()).catch(() => undefined);
    expect(await store.read(counter, clock.now())).toEqual({ spent: 0n, held: step });
    clock.advance(60_000);
    expect(await store.read(counter, clock.now())).toEqual({ spent: step, held: 0n });
  });

  it.each([
    [
      'refuses the query',
      new GoogleError(400, { error: { message: 'no', errors: [{ reason: 'invalidQuery' }] } }),
      { spent: 0n, held: 0n },
    ],
    [
      'fails itself',
      new GoogleError(503, { error: { message: 'no', errors: [{ reason: 'backendError' }] } }),
      { spent: 0n, held: step },
    ],
  ])('is given back only where BigQuery %s', async (_what, error, expected) => {
    const store = memoryBudgets();
    const { run, upstream } = bench({ budgets: [day(3n * step)], store });
    upstream.answer = () => Promise.reject(error);
    expect(await refusal(run(query()))).toBe(error);
    expect(await store.read(counter, start)).toEqual(expected);
  });

  it('of a script stays held when its last statement fails: the first may have billed', async () => {
    const store = memoryBudgets();
    const { run, upstream } = bench({ budgets: [day(10n * step)], store });
    upstream.dryRun = async () => ({ totalBytesProcessed: '0', query: { statementType: 'SCRIPT' } });
    upstream.answer = () => Promise.reject(new GoogleError(400, { error: { message: 'no' } }));
    const script = 'SELECT id FROM shop.orders; SELECT 1 / 0';
    await run(query(script, { maximumBytesBilled: String(step) })).catch(() => undefined);
    expect(await store.read(counter, start)).toEqual({ spent: 0n, held: 2n * step });
  });

  it.each([
    'WHILE TRUE DO SELECT id FROM shop.orders; END WHILE',
    'LOOP SELECT id FROM shop.orders; END LOOP',
    'CALL shop.archive(1)',
  ])('cannot be known of %s, so it is refused', async (sql) => {
    const { run, upstream, sent } = bench({ budgets: [day(10n * step)], store: memoryBudgets() });
    upstream.dryRun = async () => ({ totalBytesProcessed: '0', query: { statementType: 'SCRIPT' } });
    const end = await refusal(run(query(sql, { maximumBytesBilled: String(step) })));
    expect(end).toEqual(['ERR_LIMIT_EXCEEDED', 'day']);
    expect(sent.filter((call) => !isDryRun(call))).toEqual([]);
  });
});

describe('what a job says it billed', () => {
  it.each([
    ['nothing, from the cache', '0', 0n],
    ['a number for a text', 20_971_520, 2n * step],
    ['less than nothing', '-5', step],
    ['no number', 'NaN', step],
    ['a fraction', '1.5', step],
    ['more than 64 bits hold', '99999999999999999999', step],
    ['an object', {}, step],
  ])('as %s counts as it must', async (_what, statistics, expected) => {
    const store = memoryBudgets();
    const { run, upstream } = bench({ budgets: [day(10n * step)], store });
    upstream.answer = async () => billed(statistics);
    await run(query());
    expect(await store.read(counter, start)).toEqual({ spent: expected, held: 0n });
  });

  it('is looked up where the answer does not tell', async () => {
    const store = memoryBudgets();
    const { run, upstream, sent } = bench({ budgets: [day(10n * step)], store });
    upstream.answer = async ({ operation }) =>
      operation === 'jobs.get' ? doneJob('j', '11534336') : billed(undefined);
    await run(query());
    expect(sent.map(({ operation }) => operation)).toEqual(['jobs.insert', 'jobs.query', 'jobs.get']);
    expect(await store.read(counter, start)).toEqual({ spent: 11_534_336n, held: 0n });
  });

  it('is counted once, however often the job is polled, and not for another job of the same id', async () => {
    const store = memoryBudgets();
    const { run, upstream } = bench({ budgets: [day(10n * step)], store });
    upstream.answer = async () => runningJob('j');
    await run(insert());
    upstream.answer = async () => doneJob('j', '10485760', 'US');
    await run(get('jobs/j?location=US'));
    expect(await store.read(counter, start)).toEqual({ spent: 0n, held: step });
    upstream.answer = async () => doneJob('j', '5242880');
    for (let poll = 0; poll < 3; poll += 1) await run(get('jobs/j?location=EU'));
    expect(await store.read(counter, start)).toEqual({ spent: 5_242_880n, held: 0n });
  });

  it.each([
    ['failed', { state: 'DONE', errorResult: { reason: 'invalidQuery' } }, 0n],
    ['was stopped', { state: 'DONE', errorResult: { reason: 'stopped' } }, step],
  ])('that %s without a bill counts as it must', async (_what, status, expected) => {
    const store = memoryBudgets();
    const { run, upstream } = bench({ budgets: [day(10n * step)], store });
    upstream.answer = async () => ({ ...runningJob('j'), status });
    await run(insert());
    expect(await store.read(counter, start)).toEqual({ spent: expected, held: 0n });
  });
});

const reference = (jobId: string, location = 'EU'): JsonObject => ({ projectId: 'p', jobId, location });

function runningJob(jobId: string): JsonObject {
  return { jobReference: reference(jobId), configuration: { query: {} }, status: { state: 'RUNNING' } };
}

function doneJob(jobId: string, totalBytesBilled: string, location?: string): JsonObject {
  return {
    ...runningJob(jobId),
    jobReference: reference(jobId, location),
    status: { state: 'DONE' },
    statistics: { query: { totalBytesBilled } },
  };
}

const rows = (count: number, characters = 1): Call =>
  fromHttpRequest({
    method: 'POST',
    url: '/projects/p/datasets/shop/tables/orders/insertAll',
    body: { rows: Array.from({ length: count }, () => ({ json: { note: 'x'.repeat(characters) } })) },
  });

describe('a streaming insert', () => {
  const inserted = JSON.stringify(['budget', 'rows', 'inserted', '2026-03-01', 'agent-a']);
  const price = JSON.stringify(['budget', 'money', 'price', '2026-03-01', 'agent-a']);
  const perRows = { name: 'rows', per: 'principal', period: 'day', insertedBytes: 10_240n } as const;
  const money = { name: 'money', per: 'principal', period: 'day', price: 1 } as const;

  it('counts its rows with 1 KiB at least, and is refused by the name of the budget', async () => {
    const store = memoryBudgets();
    const { run, sent } = bench({ budgets: [perRows], store });
    await run(rows(3));
    await run(rows(1, 2_037));
    expect(await store.read(inserted, start)).toEqual({ spent: 3n * 1024n + 2_048n, held: 0n });
    expect(await refusal(run(rows(6)))).toEqual(['ERR_LIMIT_EXCEEDED', 'rows']);
    expect(sent.length).toBe(2);
    await run(rows(5));
    expect(await store.read(inserted, start)).toEqual({ spent: 10_240n, held: 0n });
  });

  it('of a thousand at once takes no more than there is', async () => {
    const store = delayed(memoryBudgets());
    const { run } = bench({ budgets: [{ ...perRows, insertedBytes: 102_400n }], store });
    const ends = await Promise.all(Array.from({ length: 1_000 }, () => refusal(run(rows(1)))));
    expect(ends.filter((end) => end === 'not refused').length).toBe(100);
    expect(await store.read(inserted, start)).toEqual({ spent: 102_400n, held: 0n });
  });

  it('counts nothing where BigQuery refuses it, and stays held where it broke off', async () => {
    const store = memoryBudgets();
    const { run, upstream } = bench({ budgets: [perRows], store });
    upstream.answer = () =>
      Promise.reject(new GoogleError(404, { error: { code: 404, message: 'no table' } }));
    await refusal(run(rows(1)));
    expect(await store.read(inserted, start)).toEqual({ spent: 0n, held: 0n });
    upstream.answer = () => Promise.reject(new Error('broken off'));
    await refusal(run(rows(1)));
    expect(await store.read(inserted, start)).toEqual({ spent: 0n, held: 1024n });
  });

  it('has a price, which budgets in money count', async () => {
    const store = memoryBudgets();
    const cost = { ...defaultCost, insertPricePerGiB: 1024 };
    const { run } = bench({ budgets: [money], store, cost });
    await run(rows(1024));
    expect(await store.read(price, start)).toEqual({ spent: 1_000_000n, held: 0n });
    expect(await refusal(run(rows(1)))).toEqual(['ERR_LIMIT_EXCEEDED', 'money']);
  });

  it('is not held up by a budget of queries, nor a query by one of rows', async () => {
    const store = memoryBudgets();
    const { run, sent } = bench({ budgets: [day(step), perRows], store });
    for (const each of [rows(9), query(), rows(1)]) await run(each);
    expect(await refusal(run(query()))).toEqual(['ERR_LIMIT_EXCEEDED', 'day']);
    const alone = bench({ budgets: [perRows], store: memoryBudgets() });
    await alone.run(query());
    expect([sent.filter(isDryRun).length, alone.sent.filter(isDryRun).length]).toEqual([1, 0]);
  });

  it('stands in the record with what was held and counted', async () => {
    const { run, record } = bench({ budgets: [perRows], store: memoryBudgets() });
    await run(rows(2));
    const told = record.events().filter(({ type }) => type.startsWith('budget.'));
    expect(told.map(({ type, data }) => [type, data])).toEqual([
      ['budget.reserved', expect.objectContaining({ bytes: 2048, limits: ['rows'] })],
      ['budget.settled', expect.objectContaining({ bytes: 2048, known: true })],
    ]);
  });
});

describe('a budget', () => {
  it('of a month is shared by its days, and begins anew with the next', async () => {
    const budgets = [{ name: 'month', per: 'everyone', period: 'month', bytes: 2n * step } as const];
    const { run, clock } = bench({ budgets, store: memoryBudgets() });
    await run(query());
    clock.set('2026-03-31T23:59:00Z');
    await run(query());
    expect(await refusal(run(query()))).toEqual(['ERR_LIMIT_EXCEEDED', 'month']);
    clock.set('2026-04-01T00:00:00Z');
    expect(await refusal(run(query()))).toBe('not refused');
  });

  it('of a session or agent is shared by all calls that name none', async () => {
    const budgets = [
      { name: 'session', per: 'session', period: 'ever', bytes: step },
      { name: 'agent', per: 'agent', period: 'day', bytes: 3n * step },
    ] as const;
    const { run } = bench({ budgets, store: memoryBudgets() });
    const agent = { name: 'bot' };
    expect(await refusal(run(query()))).toBe('not refused');
    expect(await refusal(run(query(), { agent }))).toEqual(['ERR_LIMIT_EXCEEDED', 'session']);
    for (const id of ['s1', 's2', 's3'])
      expect(await refusal(run(query(), { agent, session: { id } }))).toBe('not refused');
    expect(await refusal(run(query(), { agent, session: { id: 's4' } }))).toEqual([
      'ERR_LIMIT_EXCEEDED',
      'agent',
    ]);
    expect(await refusal(run(query(), { session: { id: 's4' } }))).toBe('not refused');
  });

  it('is not given anew by a clock that is set ahead and back', async () => {
    const { run, clock } = bench({ budgets: [day(2n * step)], store: memoryBudgets() });
    await run(query());
    await run(query());
    for (const time of ['2026-04-20T12:00:00Z', '2026-02-01T12:00:00Z']) {
      clock.set(time);
      await run(query());
    }
    clock.set('2026-03-01T11:00:00Z');
    expect(await refusal(run(query()))).toEqual(['ERR_LIMIT_EXCEEDED', 'day']);
  });

  it('whose store is down refuses, and tells nothing of the store', async () => {
    const { run, sent } = bench({ budgets: [day(2n * step)], store: down });
    const error: unknown = await run(query()).catch((failure: unknown) => failure);
    expect(error).toMatchObject({ code: 'ERR_COST_UNAVAILABLE' });
    expect(String(error)).not.toContain('10.0.0.7');
    expect(sent.filter((call) => !isDryRun(call))).toEqual([]);
  });

  it('whose store goes down while the query runs does not take the answer away', async () => {
    const store = memoryBudgets();
    const failing: BudgetStore = { ...store, settle: () => Promise.reject(new Error('gone')) };
    const { run, clock } = bench({ budgets: [day(2n * step)], store: failing, leaseFor: 60_000 });
    expect(await refusal(run(query()))).toBe('not refused');
    clock.advance(60_000);
    expect(await store.read(counter, clock.now())).toEqual({ spent: step, held: 0n });
  });

  it('says in the record what was held and what was billed', async () => {
    const { run, record } = bench({ budgets: [day(2n * step)], store: memoryBudgets() });
    await run(query());
    const events = record.events();
    expect(events.map(({ type }) => type)).toEqual([
      'call.started',
      'query.started',
      'cost.estimated',
      'budget.reserved',
      'query.started',
      'budget.settled',
      'call.finished',
    ]);
    expect(events.flatMap(({ type, data }) => (type.startsWith('budget') ? [data] : []))).toMatchObject([
      { bytes: 10_485_760, limits: ['day'], expiresAt: '2026-03-01T18:00:00.000Z' },
      { bytes: 10_485_760, known: true },
    ]);
  });

  it('needs a store', () => {
    expect(() => bench({ budgets: [day(1n)] })).toThrow(/fileBudgets/);
  });
});
