import { Readable } from 'node:stream';
import { compose } from '../call/compose.ts';
import { createContext } from '../call/context.ts';
import { fromHttpRequest } from '../call/normalise.ts';
import type { Call } from '../call/call.ts';
import type { Context } from '../call/context.ts';
import type { Middleware } from '../call/middleware.ts';
import type { Result } from '../call/result.ts';

/** The three words of a test runner that the suite needs; those of Vitest, Jest and others fit as they are. */
export interface TestApi {
  describe(title: string, body: () => void): unknown;
  it(title: string, body: () => Promise<void>): unknown;
  expect(actual: unknown): { toEqual(expected: unknown): unknown };
}

export interface TestMiddlewareOptions extends TestApi {
  /** Calls that the middleware lets pass as they are. Give your own where it would stop or change these. */
  readonly calls?: Partial<SampleCalls>;
  /** Whose calls they are. */
  readonly principal?: Context['principal'];
}

export interface SampleCalls {
  /** A query. */
  readonly query: () => Call;
  /** A page of rows; its token must reach the transport as it is. */
  readonly page: (pageToken: string) => Call;
  /** A load job with media. */
  readonly upload: (media: Readable) => Call;
}

const samples: SampleCalls = {
  query: () =>
    fromHttpRequest({
      method: 'POST',
      url: '/projects/acme/queries',
      body: { query: 'SELECT name FROM shop.products', useLegacySql: false },
    }),
  page: (pageToken) =>
    fromHttpRequest({
      method: 'GET',
      url: `/projects/acme/datasets/shop/tables/products/data?pageToken=${pageToken}`,
    }),
  upload: (stream) =>
    fromHttpRequest({
      method: 'POST',
      url: '/upload/bigquery/v2/projects/acme/jobs?uploadType=multipart',
      body: {
        configuration: {
          load: { destinationTable: { projectId: 'acme', datasetId: 'shop', tableId: 'products' } },
        },
      },
      upload: { contentType: 'text/csv', stream },
    }),
};

/** One run of an onion: the layers given, the transport that answers, the signal of the caller. */
interface Run {
  readonly layers: readonly Middleware[];
  readonly answer?: (call: Call) => Promise<Result>;
  readonly signal?: AbortSignal;
}

/**
 * Checks that a middleware keeps the contract: it stands in the order of the list, hands on what it was given –
 * calls, uploads, pages, answers, errors – and stops when the caller has gone away.
 *
 * ```ts
 * import { describe, expect, it } from 'vitest';
 * import { testMiddleware } from 'bigquery-guard/testing';
 *
 * testMiddleware('timing', () => timing(() => {}), { describe, expect, it });
 * ```
 */
export function testMiddleware(
  name: string,
  factory: () => Middleware | Promise<Middleware>,
  options: TestMiddlewareOptions,
): void {
  const suite: Suite = {
    api: options,
    calls: { ...samples, ...options.calls },
    factory: async () => factory(),
    principal: options.principal ?? { id: 'tester', groups: [], delegation: [], verified: false },
  };
  options.describe(`the middleware ${name}`, () => {
    for (const check of checks) options.it(check.title, () => check.run(suite));
  });
}

interface Suite {
  readonly api: TestApi;
  readonly calls: SampleCalls;
  readonly factory: () => Promise<Middleware>;
  readonly principal: Context['principal'];
}

interface Check {
  readonly title: string;
  readonly run: (suite: Suite) => Promise<void>;
}

const checks: readonly Check[] = [
  { title: 'has a name and can be closed', run: hasName },
  { title: 'runs between its neighbours, in and out', run: keepsOrder },
  { title: 'gives back the answer from below', run: keepsAnswer },
  { title: 'gives back what a layer inside answers, and nothing is sent', run: keepsShortCircuit },
  { title: 'works on the call as a layer outside changed it', run: seesChangedCall },
  { title: 'hands an upload on unread', run: keepsUpload },
  { title: 'hands pages on with their tokens', run: keepsPages },
  { title: 'passes an error from below as it is', run: passesErrors },
  { title: 'keeps calls that run at once apart', run: keepsCallsApart },
  { title: 'sends nothing for a call that was aborted', run: stopsWhenAborted },
];

const ok: Result = { status: 200, body: { kind: 'bigquery#tableDataList', totalRows: '0' }, headers: {} };

const sendOk = (): Promise<Result> => Promise.resolve(ok);

/** Sends a call through layers; gives what reached the transport, and how the call ended. */
async function send(suite: Suite, call: Call, run: Run): Promise<{ sent: readonly Call[]; end: unknown }> {
  const sent: Call[] = [];
  const answer = run.answer ?? sendOk;
  const handler = compose(run.layers, (received) => {
    sent.push(received);
    return answer(received);
  });
  const end: unknown = await handler(call, contextOf(suite, run.signal)).catch((error: unknown) => error);
  return { sent, end };
}

function contextOf(suite: Suite, signal: AbortSignal = new AbortController().signal): Context {
  return createContext({ principal: suite.principal, signal, now: () => new Date(), upstream: sendOk });
}

async function hasName({ api, factory }: Suite): Promise<void> {
  const middleware = await factory();
  api.expect(typeof middleware.name === 'string' && middleware.name !== '').toEqual(true);
  api.expect(await middleware.close?.()).toEqual(undefined);
}

async function keepsOrder(suite: Suite): Promise<void> {
  const steps: string[] = [];
  const noting = (name: string): Middleware => ({
    name,
    async handle(call, _context, next) {
      steps.push(`${name} in`);
      const result = await next(call);
      steps.push(`${name} out`);
      return result;
    },
  });
  const layers = [noting('outside'), await suite.factory(), noting('inside')];
  const { end } = await send(suite, suite.calls.query(), { layers });
  suite.api.expect(end).toEqual(ok);
  suite.api.expect(steps).toEqual(['outside in', 'inside in', 'inside out', 'outside out']);
}

async function keepsAnswer(suite: Suite): Promise<void> {
  const call = suite.calls.query();
  const { sent, end } = await send(suite, call, { layers: [await suite.factory()] });
  suite.api.expect(end).toEqual(ok);
  suite.api
    .expect(sent.map(({ id, operation, path }) => ({ id, operation, path })))
    .toEqual([{ id: call.id, operation: call.operation, path: call.path }]);
}

async function keepsShortCircuit(suite: Suite): Promise<void> {
  const cached: Result = {
    status: 200,
    body: { kind: 'bigquery#queryResponse', cacheHit: true },
    headers: {},
  };
  const cache: Middleware = { name: 'cache', handle: () => Promise.resolve(cached) };
  const layers = [await suite.factory(), cache];
  const { sent, end } = await send(suite, suite.calls.query(), { layers });
  suite.api.expect([end, sent]).toEqual([cached, []]);
}

async function seesChangedCall(suite: Suite): Promise<void> {
  const changing: Middleware = {
    name: 'changing',
    handle: (call, _context, next) => next({ ...call, body: { ...call.body, labels: { changed: 'yes' } } }),
  };
  const call = suite.calls.query();
  const asked = JSON.stringify(call);
  const { sent, end } = await send(suite, call, { layers: [changing, await suite.factory()] });
  suite.api.expect(end).toEqual(ok);
  suite.api.expect(sent.map(({ body }) => body?.['labels'])).toEqual([{ changed: 'yes' }]);
  suite.api.expect(JSON.stringify(call)).toEqual(asked);
}

async function keepsUpload(suite: Suite): Promise<void> {
  const parts = ['id,name\n', '1,lamp\n', '2,chair\n'];
  const received: string[] = [];
  const answer = async (call: Call): Promise<Result> => {
    for await (const chunk of call.upload?.stream ?? []) received.push(String(chunk));
    return ok;
  };
  const call = suite.calls.upload(Readable.from(parts));
  const { end } = await send(suite, call, { layers: [await suite.factory()], answer });
  suite.api.expect(end).toEqual(ok);
  suite.api.expect(received.join('')).toEqual(parts.join(''));
}

async function keepsPages(suite: Suite): Promise<void> {
  const middleware = await suite.factory();
  const tokens: unknown[] = [];
  for (const token of ['first', 'second']) {
    const { sent, end } = await send(suite, suite.calls.page(token), { layers: [middleware] });
    suite.api.expect(end).toEqual(ok);
    tokens.push(...sent.map(({ query }) => query['pageToken']));
  }
  suite.api.expect(tokens).toEqual(['first', 'second']);
}

async function passesErrors(suite: Suite): Promise<void> {
  const failure = Object.assign(new Error('Not found: Table acme:shop.products'), { code: 404, errors: [] });
  const answer = (): Promise<Result> => Promise.reject(failure);
  const { end } = await send(suite, suite.calls.query(), { layers: [await suite.factory()], answer });
  suite.api.expect(end === failure || end).toEqual(true);
}

/** Answers a little later, with the id of the call. */
async function answerById({ id }: Call): Promise<Result> {
  await new Promise((resolve) => setImmediate(resolve));
  return { ...ok, headers: { etag: id } };
}

async function keepsCallsApart(suite: Suite): Promise<void> {
  const run: Run = { layers: [await suite.factory()], answer: answerById };
  const calls = [1, 2, 3].map(() => suite.calls.query());
  const ends = await Promise.all(calls.map((call) => send(suite, call, run)));
  const expected = calls.map(({ id }) => ({ ...ok, headers: { etag: id } }));
  suite.api.expect(ends.map(({ end }) => end)).toEqual(expected);
}

async function stopsWhenAborted(suite: Suite): Promise<void> {
  const reason = new Error('the reader went away');
  const controller = new AbortController();
  const leaving: Middleware = {
    name: 'leaving',
    handle: (call, _context, next) => {
      controller.abort(reason);
      return next(call);
    },
  };
  const layers = [await suite.factory(), leaving];
  const { sent, end } = await send(suite, suite.calls.query(), { layers, signal: controller.signal });
  suite.api.expect([end === reason || end, sent]).toEqual([true, []]);
}
