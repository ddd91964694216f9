import * as upstream from '@google-cloud/bigquery';
import { describe, expect, it } from 'vitest';
import * as door from '../../src/index.ts';
import { BigQuery, createGuard, guard } from '../../src/index.ts';
import { refuseItself } from '../../src/client/official.ts';
import { bench, layer, official, watching } from './harness.ts';

const start = bench();
const nothing = createGuard({ middleware: [] });
const stub = (): string => 'stubbed';

const askNowhere = (by: BigQuery): Promise<unknown> =>
  new Promise((resolve) =>
    by.request({ uri: '/nowhere' }, (error) => resolve(Reflect.get(Object(error), 'code'))),
  );

/** Runs with one static of the official class replaced, as unit tests of users do. */
function withStatic<T>(owner: object, name: string, value: unknown, work: () => T): T {
  const before = Object.getOwnPropertyDescriptor(owner, name);
  if (before === undefined) throw new Error(`There is no ${name}.`);
  Object.defineProperty(owner, name, { ...before, value });
  try {
    return work();
  } finally {
    Object.defineProperty(owner, name, before);
  }
}

describe('the class', () => {
  it('is named BigQuery, and its objects are of it and of the official class', () => {
    const client = new BigQuery({ projectId: 'p', guard: nothing });
    expect(BigQuery.name).toBe('BigQuery');
    expect(client.constructor).toBe(BigQuery);
    expect(client).toBeInstanceOf(BigQuery);
    expect(client).toBeInstanceOf(upstream.BigQuery);
    expect(Object.keys(client)).toEqual(Object.keys(new upstream.BigQuery({ projectId: 'p' })));
  });

  it('can be extended, and what extends it is guarded', async () => {
    const { server } = start();
    const watch = watching();
    class Mine extends official.BigQuery {
      static readonly own = 1;
    }
    const client = new Mine({ projectId: 'p', apiEndpoint: server.url, guard: { middleware: [watch] } });
    Object.assign(client.authClient, { authorizeRequest: (options: object) => Promise.resolve(options) });
    await client.query('SELECT 1');
    expect(watch.calls.map(({ operation }) => operation)).toEqual(['jobs.query']);
    expect([Mine.own, Object.hasOwn(official.BigQuery, 'own')]).toEqual([1, false]);
    expect(client).toBeInstanceOf(Mine);
  });

  it('keeps the authentication of the function that it guards', () => {
    const client = new BigQuery({ projectId: 'p', guard: nothing });
    expect(client.makeAuthenticatedRequest.authClient).toBe(client.authClient);
    expect(typeof client.makeAuthenticatedRequest.getCredentials).toBe('function');
  });

  it('hands a replaced static on to the official class, and takes it back', () => {
    expect(withStatic(BigQuery, 'date', stub, () => new BigQuery({ guard: nothing }).date('x'))).toBe(
      'stubbed',
    );
    expect(Reflect.get(BigQuery, 'date')).toBe(Reflect.get(upstream.BigQuery, 'date'));
    expect(Reflect.ownKeys(BigQuery)).toEqual(expect.arrayContaining(['date', 'setLogFunction']));
    expect(withStatic(upstream.BigQuery, 'date', stub, () => BigQuery.date('x'))).toBe('stubbed');
  });

  it('lets a method of the prototype be replaced', () => {
    const { prototype } = upstream.BigQuery;
    const made = withStatic(
      prototype,
      'dataset',
      () => 'stubbed',
      () => new BigQuery({ guard: nothing }).dataset('d'),
    );
    expect(made).toBe('stubbed');
  });

  it('does not hand its own option to the official class', () => {
    const client = new BigQuery({ projectId: 'p', guard: nothing, location: 'EU' });
    expect(client.location).toBe('EU');
    expect(JSON.stringify(client)).not.toContain('guard"');
  });
});

describe('the package', () => {
  it('exports all that the official one exports, untouched but for the class', () => {
    for (const [name, value] of Object.entries(upstream)) {
      if (name === 'default' || name === 'module.exports') continue;
      const own: unknown = Reflect.get(door, name);
      if (name === 'BigQuery') expect(own).not.toBe(value);
      else expect(own, name).toBe(value);
    }
  });

  it('adds the guard to that', () => {
    const own = Object.keys(door).filter((name) => !(name in upstream));
    expect(own.toSorted()).toEqual([
      'GuardError',
      'createGuard',
      'defineConfig',
      'detokenize',
      'guard',
      'isGuardError',
      'withContext',
    ]);
  });

  it('refuses to be its own original', () => {
    expect(() => refuseItself(door)).toThrow('is bigquery-guard itself');
    expect(() => refuseItself({ BigQuery: undefined })).toThrow('is bigquery-guard itself');
    expect(() => refuseItself(upstream)).not.toThrow();
  });
});

describe('guard()', () => {
  it('catches what was made before it', async () => {
    const { server } = start();
    const watch = watching();
    const client = official.plain(server.url);
    const table = client.dataset('d').table('t');
    const job = client.job('job');
    expect(guard(client, createGuard({ middleware: [watch] }))).toBe(client);
    await table.getRows({ autoPaginate: false });
    await job.getMetadata();
    expect(watch.calls.map(({ operation }) => operation)).toEqual([
      'tabledata.list',
      'tables.get',
      'jobs.get',
    ]);
    expect(server.take()).toHaveLength(3);
  });

  it('done twice is done once', async () => {
    const { server } = start();
    const watch = watching();
    const by = createGuard({ middleware: [watch] });
    const client = guard(guard(official.plain(server.url), by), by);
    await client.query('SELECT 1');
    expect(watch.calls).toHaveLength(1);
  });

  it('does not put one guard for another', () => {
    const { server, client } = start();
    const guarded = guard(official.plain(server.url), nothing);
    const other = createGuard({ middleware: [] });
    expect(() => guard(guarded, other)).toThrow('has another guard already');
    expect(() => guard(client(nothing), other)).toThrow('has another guard already');
  });

  it.each([
    ['a client of something else', () => guard(JSON.parse('{"baseUrl":"x"}'), nothing)],
    ['nothing', () => guard(JSON.parse('null'), nothing)],
    ['a list of middleware', () => guard(official.plain('http://localhost:1'), JSON.parse('[]'))],
  ])('refuses %s', (_what, attempt) => {
    expect(attempt).toThrow(expect.objectContaining({ code: 'ERR_CONFIG' }));
  });

  it('leaves the keys of a client as they were', () => {
    const client = official.plain('http://localhost:1');
    const keys = Object.keys(client);
    expect(Object.keys(guard(client, nothing))).toEqual(keys);
  });
});

describe('createGuard()', () => {
  it('refuses what is no middleware at once', () => {
    expect(() => createGuard({ middleware: [JSON.parse('{"name":"x"}')] })).toThrow('Item 0');
  });

  it('closes its middleware from the inside out, once, after the calls have ended', async () => {
    const { client } = start();
    const events: string[] = [];
    const closing = (name: string) => ({
      ...layer(async (call, _context, next) => {
        const result = await next(call);
        events.push(`${name} answered`);
        return result;
      }),
      close: async () => void events.push(`${name} closed`),
    });
    const by = createGuard({ middleware: [closing('outer'), closing('inner')] });
    const answer = client(by).query('SELECT 1');
    await Promise.resolve();
    await Promise.all([by.close(), by.close(), answer]);
    expect(events).toEqual(['inner answered', 'outer answered', 'inner closed', 'outer closed']);
  });

  it('refuses calls once it is closed', async () => {
    const { server, client } = start();
    const by = createGuard({ middleware: [] });
    await by.close();
    await expect(client(by).query('SELECT 1')).rejects.toMatchObject({ code: 403, guardCode: 'ERR_CONFIG' });
    expect(server.take()).toEqual([]);
  });

  it('forwards what it cannot judge only when told so', async () => {
    const { server, client } = start();
    expect(await askNowhere(client({ middleware: [], unjudged: 'forward' }))).toBe(404);
    expect(server.take().map(({ url }) => url)).toEqual([
      '/bigquery/v2/projects/p/nowhere?prettyPrint=false',
    ]);
    expect(await askNowhere(client({ middleware: [] }))).toBe(403);
    expect(server.take()).toEqual([]);
  });

  it('sends to another transport without asking for credentials', async () => {
    const { server, client } = start();
    const body = { jobComplete: true, queryId: 'q' };
    const handle = () => Promise.resolve({ status: 200, body, headers: {} });
    const guarded = client({ middleware: [], transport: { handle } });
    Object.assign(guarded.authClient, {
      authorizeRequest: () => Promise.reject(new Error('no credentials')),
    });
    expect(await guarded.query('SELECT 1')).toHaveLength(3);
    expect(server.take()).toEqual([]);
  });
});
