import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGuard } from '../../src/client/guard.ts';
import type { Middleware } from '../../src/call/middleware.ts';
import { versions } from './clients.ts';
import { startFakeServer } from './fake-server.ts';
import { observe } from './observe.ts';
import { recipes } from './recipes.ts';
import type { FakeServer } from './fake-server.ts';

let server: FakeServer;

beforeAll(async () => {
  server = await startFakeServer();
});

afterAll(() => server.close());

interface Counted {
  readonly calls: number;
  readonly requests: number;
}

/** Counts what passes a guard and what arrives, for one recipe. */
async function count(
  run: (by: ReturnType<typeof createGuard>) => Promise<readonly unknown[]>,
): Promise<Counted> {
  let calls = 0;
  const counting: Middleware = {
    name: 'counting',
    handle(call, _context, next) {
      calls += 1;
      return next(call);
    },
  };
  const traffic = await run(createGuard({ middleware: [counting] }));
  return { calls, requests: traffic.length };
}

describe.each(versions)('every request of the official client $version passes the guard', (version) => {
  it.each(Object.entries(recipes))('%s', async (_name, recipe) => {
    const made = await count(async (by) => {
      const { traffic } = await observe(server, version.guarded(server.url, by), recipe);
      return traffic;
    });
    expect(made.calls).toBe(made.requests);
    const later = await count(async (by) => {
      const { traffic } = await observe(server, version.guardedLater(server.url, by), recipe);
      return traffic;
    });
    expect(later).toEqual(made);
  });
});

describe('the count', () => {
  it('is not zero, and would show a request that went around', async () => {
    const version = versions[0] ?? expect.fail();
    const recipe = recipes['table.load(local file)'] ?? expect.fail();
    const around = await count(async () => {
      const { traffic } = await observe(server, version.plain(server.url), recipe);
      return traffic;
    });
    expect(around).toEqual({ calls: 0, requests: 2 });
  });
});
