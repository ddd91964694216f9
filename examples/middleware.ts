// Three pieces of middleware as a user of the guard would write them, and three calls that go through them.
// Run it: node examples/middleware.ts

import { compose } from '../src/call/compose.ts';
import { createContext } from '../src/call/context.ts';
import { fromHttpRequest } from '../src/call/normalise.ts';
import { GuardError, isGuardError } from '../src/errors.ts';
import type { Handler } from '../src/call/compose.ts';
import type { Middleware } from '../src/call/middleware.ts';
import type { Result } from '../src/call/result.ts';

/** Looks at the way in and the way out: `finally` runs for answers, refusals and errors alike. */
const timing = (report: (line: string) => void): Middleware => ({
  name: 'timing',
  async handle(call, context, next) {
    const start = context.now().getTime();
    try {
      return await next(call);
    } finally {
      report(`${call.operation} took ${context.now().getTime() - start} ms`);
    }
  },
});

/** Stops a call: it throws, and nothing is sent. */
const readOnly = (): Middleware => ({
  name: 'read-only',
  handle(call, _context, next) {
    if (call.class === 'read' || call.class === 'metadata' || call.class === 'job') return next(call);
    throw new GuardError('ERR_POLICY_DENIED', `${call.operation} is closed: this agent only reads.`, {
      callId: call.id,
      reasons: [{ rule: 'read-only', message: 'This agent only reads.' }],
    });
  },
});

/** Changes a call: it hands a new one on. The layers outside still hold what was asked. */
const spendingCap = (bytes: number): Middleware => ({
  name: 'spending-cap',
  handle(call, _context, next) {
    if (call.operation !== 'jobs.query') return next(call);
    return next({ ...call, body: { ...call.body, maximumBytesBilled: String(bytes) } });
  },
});

/** Stands for BigQuery here and shows what would be sent. */
const transport: Handler = (call): Promise<Result> => {
  console.log(`  sent: ${call.method} ${call.path} ${JSON.stringify(call.body ?? {})}`);
  return Promise.resolve({ status: 200, body: { kind: 'bigquery#queryResponse' }, headers: {} });
};

// The first of the list is the outermost layer.
const handle = compose(
  [timing((line) => console.log(`  ${line}`)), readOnly(), spendingCap(10_000_000)],
  transport,
);

const requests = [
  { method: 'POST', url: '/projects/acme/queries', body: { query: 'SELECT name FROM shop.products' } },
  { method: 'GET', url: '/projects/acme/datasets/shop/tables/products/data?maxResults=10' },
  { method: 'DELETE', url: '/projects/acme/datasets/shop/tables/products' },
];

for (const request of requests) {
  console.log(`${request.method} ${request.url}`);
  const context = createContext({
    principal: { id: 'agent-a', groups: ['agents'], delegation: [], verified: false },
    signal: AbortSignal.timeout(5000),
    now: () => new Date(),
    upstream: () => Promise.reject(new Error('This example asks nothing of its own.')),
  });
  try {
    const { status } = await handle(fromHttpRequest(request), context);
    console.log(`  answered: ${status}`);
  } catch (error) {
    if (!isGuardError(error)) throw error;
    console.log(`  refused: ${error.code} ${error.message}`);
  }
}
