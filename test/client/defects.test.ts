import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { GuardError } from '../../src/errors.ts';
import { cannedAnswer } from '../differential/canned-answers.ts';
import { forbidden } from '../differential/fake-server.ts';
import { bench, layer, official, watching } from './harness.ts';

const start = bench();
const open = { middleware: [] };
const fields = [{ name: 'id', type: 'INTEGER' }];

describe('what the official client does wrong is right behind the guard', () => {
  it('the project is found out for a client that was given none', async () => {
    const { server, client } = start();
    const guarded = client(open, { projectId: undefined });
    Object.assign(guarded.authClient, { getProjectId: () => Promise.resolve('found') });
    await guarded.query('SELECT 1');
    await guarded.dataset('d').table('t').load('test/differential/rows.csv', {});
    const paths = server.take().map(({ url }) => url.split('?')[0]);
    expect(paths).toEqual([
      '/bigquery/v2/projects/found/queries',
      '/upload/bigquery/v2/projects/found/jobs',
      // The job's own reference decides here.
      '/bigquery/v2/projects/p/jobs/job',
    ]);
  });

  it('the project that cannot be found out is an error, and nothing is sent', async () => {
    const { server, client } = start();
    const guarded = client(open, { projectId: undefined });
    Object.assign(guarded.authClient, { getProjectId: () => Promise.reject(new Error('no project')) });
    await expect(guarded.query('SELECT 1')).rejects.toThrow('no project');
    expect(server.take()).toEqual([]);
  });

  it('the timeout option ends a request that takes longer', async () => {
    const { answer, client } = start();
    answer(async (request) => {
      await sleep(300);
      return cannedAnswer(request);
    });
    await expect(client(open, { timeout: 30 }).query('SELECT 1')).rejects.toMatchObject({
      code: 'ETIMEDOUT',
      message: expect.stringMatching(/^network timeout at: http.*\/queries$/),
    });
  });

  it('an answer that stays away beyond its time is an error, and the request is not sent again', async () => {
    const { answer, client, server } = start();
    answer(async (request) => {
      await sleep(300);
      return cannedAnswer(request);
    });
    const hasty = client({ middleware: [], answerWithin: 30 });
    await expect(hasty.query('SELECT 1', { timeoutMs: 20 })).rejects.toMatchObject({
      guardCode: 'ERR_REMOTE_UNAVAILABLE',
      message: expect.stringMatching(/no answer within 0.05 s/),
    });
    await sleep(400);
    expect(server.take()).toHaveLength(1);
  });

  it('the timeout option does not count the time that a middleware takes', async () => {
    const { client } = start();
    const slow = layer(async (call, _context, next) => {
      await sleep(150);
      return next(call);
    });
    const answer = await client({ middleware: [slow] }, { timeout: 100 }).query('SELECT 1');
    expect(answer).toHaveLength(3);
  });

  it.each([
    ['by the guard', true],
    ['by Google', false],
  ])('a streaming insert that is refused %s is an error of its stream', async (_by, isDenied) => {
    const { answer, client } = start();
    answer(() => forbidden);
    const denying = layer(() => Promise.reject(new GuardError('ERR_POLICY_DENIED', 'Not this table.')));
    const table = client({ middleware: isDenied ? [denying] : [] })
      .dataset('d')
      .table('t');
    const stream = table.createInsertStream({
      batchOptions: { maxRows: 2, maxBytes: 1e6, maxMilliseconds: 10 },
    });
    stream.write({ a: 1 });
    stream.write({ a: 2 });
    const [error] = await once(stream, 'error');
    expect(error).toBeInstanceOf(official.module.common.util.ApiError);
    expect(error).toMatchObject({ code: 403 });
    expect(stream.destroyed).toBe(true);
  });

  it('JSON of a query result, a job, a table or a client shows no credentials', async () => {
    const { client } = start();
    const guarded = client(open, { credentials: { client_email: 'a@b.c', private_key: 'secret-key' } });
    const answer = await guarded.query('SELECT paged', { autoPaginate: false });
    const table = guarded.dataset('d').table('t');
    const text = JSON.stringify([answer, guarded, guarded.job('j'), table, table.dataset]);
    expect(text).toContain('"projectId":"p"');
    expect(text).not.toMatch(/secret-token|secret-key/);
    expect(Object.keys(guarded)).toEqual(Object.keys(official.plain('http://localhost:1')));
  });

  it('neither an answer nor an error keeps the access token', async () => {
    const { answer, client } = start();
    const [metadata, response] = await client(open).dataset('d').getMetadata();
    expect(Reflect.get(Object(response), 'request')).toBeDefined();
    answer(() => forbidden);
    const error: unknown = await client(open)
      .dataset('d')
      .getMetadata()
      .catch((reason: unknown) => reason);
    expect(inspect([metadata, response, error], { depth: 4 })).not.toContain('secret-token');
  });

  it('a stream that is destroyed ends its call', async () => {
    const { client } = start();
    const watch = watching();
    const waiting = layer(
      (_call, { signal }) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
    );
    const stream = client({ middleware: [watch, waiting] }).createQueryStream('SELECT 1');
    stream.resume();
    await sleep(20);
    stream.destroy();
    await sleep(20);
    expect(watch.contexts.map(({ signal }) => signal.aborted)).toEqual([true]);
  });

  it('what a listener of a stream calls goes on when the stream is closed', async () => {
    const { client } = start();
    const guarded = client(open);
    const stream = guarded.createQueryStream('SELECT 1');
    const answer = new Promise((resolve, reject) => {
      stream.once('data', () => {
        guarded.query('SELECT 2').then(resolve, reject);
        stream.destroy();
      });
    });
    expect(await answer).toHaveLength(3);
  });

  it('abort() ends the call', async () => {
    const { answer, client } = start();
    answer(async (request) => {
      await sleep(300);
      return cannedAnswer(request);
    });
    const guarded = client(open);
    const error = await new Promise((resolve) => {
      const uri = `${guarded.baseUrl}/projects/p/datasets`;
      const request = guarded.makeAuthenticatedRequest({ uri }, (found) => resolve(found));
      setTimeout(() => request?.abort(), 20);
    });
    expect(error).toMatchObject({ name: 'AbortError' });
  });

  it('an upload without credentials leaves the process alive', async () => {
    const { server, client } = start();
    const guarded = client(open);
    const missing = new Error('Could not load the default credentials.');
    Object.assign(guarded.authClient, { authorizeRequest: () => Promise.reject(missing) });
    const [metadata] = await guarded.dataset('d').table('t').load('test/differential/rows.csv', {});
    expect(metadata).toMatchObject({ status: { state: 'DONE' } });
    expect(server.take()[0]?.headers.authorization).toBeUndefined();
  });

  it('a complete answer that names no job gives its rows', async () => {
    const { client } = start();
    const cached = layer(() =>
      Promise.resolve({
        status: 200,
        body: Object.freeze({ jobComplete: true, schema: { fields }, rows: [{ f: [{ v: '7' }] }] }),
        headers: {},
      }),
    );
    const guarded = client({ middleware: [cached] });
    await guarded.query('SELECT 1');
    const [rows] = await guarded.query('SELECT 1');
    expect(rows).toEqual([{ id: 7 }]);
  });

  it('an unfinished answer that names no job is an error', async () => {
    const { answer, client } = start();
    answer(() => ({ status: 200, body: { jobComplete: false } }));
    await expect(client(open).query('SELECT 1')).rejects.toMatchObject({
      code: 403,
      guardCode: 'ERR_REMOTE_PROTOCOL',
    });
  });

  it.each([
    { jobPrefix: 'mine-' },
    { allowLargeResults: true },
    { scriptOptions: { statementTimeoutMs: '10' } },
    { userDefinedFunctionResources: [{ inlineCode: 'x' }] },
  ])('the option %o of a query is sent', async (option) => {
    const { server, client } = start();
    await client(open).query({ query: 'SELECT 1', ...option });
    const [first] = server.take();
    expect(first?.url).toContain('/jobs?');
    const { jobReference, configuration } = JSON.parse(first?.body ?? '');
    const { jobPrefix, ...others } = { jobPrefix: undefined, ...option };
    expect(configuration.query).toMatchObject(others);
    expect(jobReference.jobId.startsWith(jobPrefix ?? '')).toBe(true);
  });

  it('an integer above 2^53 is rounded as ever, and exact with wrapIntegers', async () => {
    const { answer, client } = start();
    const body = {
      jobComplete: true,
      queryId: 'q',
      schema: { fields },
      rows: [{ f: [{ v: '9007199254740993' }] }],
    };
    answer(() => ({ status: 200, body }));
    const [rounded] = await client(open).query('SELECT 1');
    const [exact] = await client(open).query({ query: 'SELECT 1', wrapIntegers: true });
    expect([rounded[0].id, exact[0].id.value]).toEqual([9007199254740992, '9007199254740993']);
  });
});

describe('what the caller throws in a callback is not swallowed', () => {
  it('it reaches the process', async () => {
    const { client } = start();
    const seen = new Promise((resolve) => {
      const others = process.rawListeners('unhandledRejection');
      process.removeAllListeners('unhandledRejection');
      process.once('unhandledRejection', (reason) => {
        for (const other of others)
          process.on('unhandledRejection', (...all) => Reflect.apply(other, process, all));
        resolve(reason);
      });
    });
    client(open).request({ uri: '/datasets' }, () => {
      throw new Error('from the callback');
    });
    expect(await seen).toMatchObject({ message: 'from the callback' });
  });
});
