import { describe, expect, it } from 'vitest';
import { compose } from '../../../src/call/compose.ts';
import { createContext } from '../../../src/call/context.ts';
import { GoogleError } from '../../../src/call/google-error.ts';
import type { JsonObject } from '../../../src/call/json.ts';
import { limits } from '../../../src/middleware/limits/index.ts';
import { defaultCost } from '../../../src/middleware/limits/rules.ts';
import { memoryBudgets } from '../../../src/store/index.ts';
import { testMiddleware } from '../../../src/testing/index.ts';
import { ok } from '../../call/harness.ts';
import { bench, billed, get, insert, isDryRun, maxima, query, refusal, size } from './harness.ts';

const api = { describe, expect, it };

testMiddleware('limits', () => limits({ limits: [] }), api);
testMiddleware(
  'limits, where everything is counted',
  () => limits({ limits: [{ name: 'some', concurrent: 5, callsPerMinute: 100 }], store: memoryBudgets() }),
  api,
);

const always = { ...defaultCost, dryRun: 'always' } as const;

describe('maximumBytesBilled', () => {
  it.each([
    [undefined, '100'],
    ['50', '50'],
    ['100', '100'],
    ['101', '100'],
    ['0', '100'],
    ['-1', '100'],
    ['1e3', '100'],
    ['99999999999999999999999', '100'],
  ])('of the caller being %s is sent as %s where the limit is 100', async (own, expected) => {
    const { run, sent } = bench({ limits: [{ name: 'a', maximumBytesBilled: 100n }] });
    await run(query('SELECT 1', own === undefined ? {} : { maximumBytesBilled: own }));
    expect(maxima(sent)).toEqual([expected]);
  });

  it('is that of the lowest limit for the principal, in jobs too', async () => {
    const { run, sent } = bench({
      limits: [
        { name: 'a', maximumBytesBilled: 100n },
        { name: 'b', maximumBytesBilled: 50n, except: { groups: ['agents'] } },
        { name: 'c', maximumBytesBilled: 70n, principals: { ids: ['agent-a'] } },
      ],
    });
    await run(insert());
    expect(maxima(sent)).toEqual(['70']);
  });

  it('that BigQuery refuses names the limit', async () => {
    const { run, upstream } = bench({ limits: [{ name: 'a', maximumBytesBilled: 100n }] });
    const error = { message: 'too much', errors: [{ reason: 'bytesBilledLimitExceeded' }] };
    upstream.answer = () => Promise.reject(new GoogleError(400, { error }));
    expect(await refusal(run(query()))).toEqual(['ERR_LIMIT_EXCEEDED', 'a']);
  });
});

describe('a table of the dry run', () => {
  it.each([
    ['is in the text', 'SELECT id FROM shop.orders', ['orders']],
    ['lies beneath a view', 'SELECT mail FROM shop.buyers', ['customers']],
    ['is a partition of one', 'SELECT id FROM shop.orders', ['orders$20260101']],
    ['is one of a wildcard', 'SELECT kind FROM `logs.events_*`', ['events_20240101'], 'logs'],
    [
      'describes tables',
      'SELECT table_name FROM shop.INFORMATION_SCHEMA.TABLES',
      ['INFORMATION_SCHEMA.TABLES'],
    ],
  ])('that %s is expected', async (_what, sql, tables, dataset?: string) => {
    const { run, upstream } = bench({ cost: always });
    upstream.dryRun = async () => size(1, tables, dataset);
    expect(await refusal(run(query(sql)))).toBe('not refused');
  });

  it.each([
    ['another table', ['orders', 'salaries']],
    ['one in another case', ['Orders']],
    ['a longer name', ['orders_2']],
    ['what describes tables', ['INFORMATION_SCHEMA.TABLES']],
  ])(
    'that was not seen – %s – refuses the query, unnamed, and stands in the record',
    async (_what, tables) => {
      const { run, upstream, sent, record } = bench({ cost: always });
      upstream.dryRun = async () => size(1, tables);
      const error: unknown = await run(query()).catch((failure: unknown) => failure);
      expect(error).toMatchObject({ code: 'ERR_SQL_UNPROVEN', reasons: [{ rule: 'dry-run' }] });
      expect(JSON.stringify(error) + String(error)).not.toMatch(/salaries|Orders|orders_2|SCHEMA/);
      expect(sent.every(isDryRun)).toBe(true);
      const names = tables.map((name) => `p.shop.${name}`);
      expect(record.events().find(({ type }) => type === 'cost.estimated')?.data).toMatchObject({
        tables: names,
      });
    },
  );
});

const parameters = (value: string): JsonObject => ({ queryParameters: [{ parameterValue: { value } }] });

describe('a dry run', () => {
  it('that BigQuery refuses gives its own error, where it names only what the query names', async () => {
    const { run, upstream, sent } = bench({ cost: always });
    const failure = google(400, 'invalidQuery', 'No matching signature for operator + for id at [1:8]');
    upstream.dryRun = () => Promise.reject(failure);
    expect(await refusal(run(query()))).toBe(failure);
    expect(sent.every(isDryRun)).toBe(true);
  });

  it.each([
    ['a table', 404, 'notFound', 'Not found: Table p:hr.salaries was not found in location EU'],
    ['a column as a hint', 400, 'invalidQuery', 'Unrecognized name: id; Did you mean iban? at [1:8]'],
    ['the inside of a view', 400, 'invalidQuery', 'Invalid view: unrecognized name salary at [1:8]'],
    ['a dataset', 403, 'accessDenied', 'Access Denied: Dataset p:payroll_eu: Permission denied'],
    ['something quoted', 400, 'invalidQuery', "Could not cast literal 'geheim' to type INT64 at [1:8]"],
  ])(
    'whose error names %s that the query does not name is kept back',
    async (_what, status, reason, text) => {
      const { run, upstream } = bench({ cost: always });
      upstream.dryRun = () => Promise.reject(google(status, reason, text));
      const error: unknown = await run(query()).catch((failure: unknown) => failure);
      expect(error).toMatchObject({ code: 'ERR_SQL_UNPROVEN', reasons: [{ rule: 'dry-run' }] });
      expect(String(error)).not.toMatch(/salaries|iban|salary|payroll|geheim/);
    },
  );

  it.each([
    ['that fails', () => Promise.reject(google(503, 'backendError', 'try p:hr.salaries again'))],
    ['over a quota', () => Promise.reject(google(403, 'rateLimitExceeded', 'too many for p:hr'))],
    ['without an answer', () => Promise.reject(new Error('socket hang up'))],
    ['of no size', async () => ({ query: {} })],
    ['of less than nothing', async () => size('-1')],
    ['of a size that is none', async () => size('NaN')],
    [
      'of tables that are none',
      async () => ({ totalBytesProcessed: '1', query: { referencedTables: [{}] } }),
    ],
  ])('%s refuses the query', async (_what, dryRun) => {
    const { run, upstream, sent } = bench({ cost: always });
    upstream.dryRun = dryRun;
    expect(await refusal(run(query()))).toEqual(['ERR_COST_UNAVAILABLE', 'dry-run']);
    expect(sent.every(isDryRun)).toBe(true);
  });

  it('is asked for anew for another text, parameter, project or time', async () => {
    const { run, sent, clock } = bench({ cost: always });
    for (const _ of [1, 2]) await run(query('SELECT id FROM shop.orders WHERE id = ?', parameters('1')));
    expect(sent.filter(isDryRun)).toHaveLength(1);
    await run(query('SELECT id FROM shop.orders WHERE id = ?', parameters('2')));
    await run(query('SELECT  id FROM shop.orders WHERE id = ?', parameters('1')));
    expect(sent.filter(isDryRun)).toHaveLength(3);
    clock.advance(60_000);
    await run(query('SELECT id FROM shop.orders WHERE id = ?', parameters('1')));
    clock.advance(-30_000);
    await run(query('SELECT id FROM shop.orders WHERE id = ?', parameters('1')));
    expect(sent.filter(isDryRun)).toHaveLength(5);
  });

  it('asks for what would be read, whatever is kept, and leaves out what says how to answer', async () => {
    const { run, sent } = bench({ cost: always });
    const settings = {
      location: 'EU',
      maxResults: 5,
      requestId: 'r',
      labels: { a: 'b' },
      useQueryCache: true,
    };
    await run(query('SELECT id FROM shop.orders', { ...settings, maximumBytesBilled: '5' }));
    expect(sent.find(isDryRun)?.body).toEqual({
      configuration: {
        dryRun: true,
        query: { query: 'SELECT id FROM shop.orders', useLegacySql: false, useQueryCache: false },
      },
      jobReference: { projectId: 'p', location: 'EU' },
    });
  });

  it('of the caller is limited, but takes nothing from budgets', async () => {
    const store = memoryBudgets();
    const budgets = [{ name: 'day', per: 'principal', period: 'day', bytes: 1n } as const];
    const { run, sent } = bench({ budgets, store });
    expect(await refusal(run(query('SELECT id FROM shop.orders', { dryRun: true })))).toBe('not refused');
    expect(sent).toHaveLength(1);
  });
});

const google = (status: number, reason: string, message: string): GoogleError =>
  new GoogleError(status, { error: { code: status, message, errors: [{ reason, message }] } });

describe('jobs at once', () => {
  const one = { limits: [{ name: 'one', concurrent: 1 }] };

  it('are counted until their end is seen, for queries and other jobs', async () => {
    const { run, upstream } = bench({ ...one, store: memoryBudgets() });
    const job = { projectId: 'p', jobId: 'j', location: 'EU' };
    upstream.answer = async () => ({ jobReference: job, status: { state: 'RUNNING' } });
    await run(insert());
    expect(await refusal(run(query()))).toEqual(['ERR_LIMIT_EXCEEDED', 'one']);
    const principal = { id: 'agent-b', groups: [], delegation: [], verified: false };
    expect(await refusal(run(insert('SELECT 1', 'k'), { principal }))).toBe('not refused');
    upstream.answer = async () => ({
      jobReference: job,
      status: { state: 'DONE' },
      configuration: { load: {} },
    });
    await run(get('jobs/j?location=EU'));
    expect(await refusal(run(query()))).toBe('not refused');
  });

  it('are looked at before the next one is refused', async () => {
    const { run, upstream, sent } = bench({ ...one, store: memoryBudgets() });
    const job = { projectId: 'p', jobId: 'j', location: 'EU' };
    upstream.answer = async () => ({ jobReference: job, status: { state: 'RUNNING' } });
    await run(insert());
    upstream.answer = async ({ operation }) =>
      operation === 'jobs.get'
        ? { jobReference: job, status: { state: 'DONE' }, statistics: { query: { totalBytesBilled: '0' } } }
        : billed('0');
    expect(await refusal(run(query()))).toBe('not refused');
    expect(sent.map(({ operation }) => operation)).toEqual(['jobs.insert', 'jobs.get', 'jobs.query']);
  });
});

describe('calls', () => {
  it('are counted within a minute of the clock, whatever they are, except polls', async () => {
    const { run, clock } = bench({ limits: [{ name: 'slow', callsPerMinute: 2 }], store: memoryBudgets() });
    await run(query());
    await run(get('datasets/shop/tables'));
    for (const _ of [1, 2, 3]) await run(get('jobs/j'));
    expect(await refusal(run(get('datasets/shop/tables')))).toEqual(['ERR_LIMIT_EXCEEDED', 'slow']);
    clock.advance(60_000);
    expect(await refusal(run(get('datasets/shop/tables')))).toBe('not refused');
  });
});

describe('a clock that gives no time', () => {
  it('refuses every call', async () => {
    const context = createContext({
      principal: { id: 'a', groups: [], delegation: [], verified: false },
      signal: new AbortController().signal,
      now: () => new Date(Number.NaN),
      upstream: () => Promise.resolve(ok),
    });
    const handler = compose([limits({ limits: [] })], () => Promise.resolve(ok));
    expect(await refusal(handler(query(), context))).toEqual(['ERR_COST_UNAVAILABLE', 'clock']);
  });
});
