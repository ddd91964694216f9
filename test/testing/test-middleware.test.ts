import { describe, expect, it } from 'vitest';
import { wellFormed } from '../../src/call/well-formed.ts';
import { testMiddleware } from '../../src/testing/test-middleware.ts';
import type { Middleware } from '../../src/call/middleware.ts';
import type { TestApi } from '../../src/testing/test-middleware.ts';

const passing: Middleware = { name: 'pass', handle: (call, _context, next) => next(call) };

testMiddleware('pass', () => passing, { describe, expect, it });
testMiddleware('well-formed', wellFormed, { describe, expect, it });

const bad = {
  answering: {
    name: 'answering',
    handle: () =>
      Promise.resolve({ status: 200, body: { kind: 'bigquery#tableDataList', totalRows: '0' }, headers: {} }),
  },
  reading: {
    name: 'reading',
    async handle(call, _context, next) {
      for await (const _ of call.upload?.stream ?? []) continue;
      return next(call);
    },
  },
  dropping: { name: 'dropping', handle: (call, _context, next) => next({ ...call, query: {} }) },
  wrapping: {
    name: 'wrapping',
    handle: (call, _context, next) =>
      next(call).catch((cause: unknown) => {
        throw new Error('it failed', { cause });
      }),
  },
  changing: {
    name: 'changing',
    handle(call, _context, next) {
      Object.assign(call, { query: {} });
      return next(call);
    },
  },
  forgetting: { name: 'forgetting', handle: (call, _context, next) => next({ ...call, body: undefined }) },
  nameless: { name: '', handle: (call, _context, next) => next(call) },
} satisfies Record<string, Middleware>;

/** Runs the suite with a runner of its own and lists the checks that fail. */
async function failuresOf(middleware: Middleware): Promise<readonly string[]> {
  const checks: { readonly title: string; readonly body: () => Promise<void> }[] = [];
  const api: TestApi = {
    describe: (_title, body) => body(),
    it: (title, body) => checks.push({ title, body }),
    expect,
  };
  testMiddleware(middleware.name, () => middleware, api);
  const failed = await Promise.all(
    checks.map(({ title, body }) =>
      body().then(
        () => [],
        () => [title],
      ),
    ),
  );
  return failed.flat();
}

const every = [
  'runs between its neighbours, in and out',
  'gives back the answer from below',
  'gives back what a layer inside answers, and nothing is sent',
  'works on the call as a layer outside changed it',
  'hands an upload on unread',
  'hands pages on with their tokens',
  'passes an error from below as it is',
  'keeps calls that run at once apart',
  'sends nothing for a call that was aborted',
];

describe('the suite', () => {
  it.each([
    ['nothing', passing, []],
    ['one that answers by itself', bad.answering, every],
    ['one that reads the upload', bad.reading, ['hands an upload on unread']],
    ['one that drops the page token', bad.dropping, ['hands pages on with their tokens']],
    [
      'one that wraps errors',
      bad.wrapping,
      ['passes an error from below as it is', 'sends nothing for a call that was aborted'],
    ],
    [
      'one that does not send what a layer outside changed',
      bad.forgetting,
      ['works on the call as a layer outside changed it'],
    ],
    ['one that changes the call it received', bad.changing, every],
    ['one without a name', bad.nameless, ['has a name and can be closed', ...every]],
  ])('finds %s', async (_, middleware, failures) => {
    expect(await failuresOf(middleware)).toEqual(failures);
  });
});
