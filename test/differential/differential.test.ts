import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGuard } from '../../src/client/guard.ts';
import type { Middleware } from '../../src/call/middleware.ts';
import { versions } from './clients.ts';
import { startFakeServer } from './fake-server.ts';
import { observe } from './observe.ts';
import { recipes } from './recipes.ts';
import type { FakeServer } from './fake-server.ts';

const passThrough: Middleware = { name: 'pass-through', handle: (call, _context, next) => next(call) };

const anotherCell: Middleware = {
  name: 'another-cell',
  async handle(call, _context, next) {
    const result = await next(call);
    const text = JSON.stringify(result.body).replace('name 2', 'name 3');
    return { ...result, body: JSON.parse(text) };
  },
};

const guards = {
  'no middleware': createGuard({ middleware: [] }),
  'a middleware that passes on': createGuard({ middleware: [passThrough] }),
};

let server: FakeServer;

beforeAll(async () => {
  server = await startFakeServer();
});

afterAll(() => server.close());

describe.each(versions)('the official client $version', (version) => {
  describe.each(Object.entries(guards))('behaves the same behind %s', (_name, guard) => {
    describe.each([
      ['where all is allowed', false],
      ['where all is forbidden', true],
    ])('%s', (_where, isForbidden) => {
      it.each(Object.entries(recipes))('%s', async (_recipe, recipe) => {
        server.forbid(isForbidden);
        const expected = await observe(server, version.plain(server.url), recipe);
        const guarded = await observe(server, version.guarded(server.url, guard), recipe);
        expect(guarded).toEqual(expected);
      });
    });
  });

  it('shows a difference of one cell, so these tests can fail', async () => {
    server.forbid(false);
    const recipe = recipes['query(text)'] ?? expect.fail();
    const guard = createGuard({ middleware: [anotherCell] });
    const expected = await observe(server, version.plain(server.url), recipe);
    const guarded = await observe(server, version.guarded(server.url, guard), recipe);
    expect(guarded.traffic).toEqual(expected.traffic);
    expect(guarded).not.toEqual(expected);
  });
});
