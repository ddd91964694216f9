import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createGuard } from '../../src/client/guard.ts';
import { fromHttpRequest } from '../../src/call/normalise.ts';
import { wellFormed } from '../../src/call/well-formed.ts';
import { audit, memoryStore } from '../../src/middleware/audit/index.ts';
import { limits } from '../../src/middleware/limits/index.ts';
import type { Middleware } from '../../src/call/middleware.ts';
import { versions } from './clients.ts';
import { startFakeServer } from './fake-server.ts';
import { observe } from './observe.ts';
import { recipes } from './recipes.ts';
import type { FakeServer } from './fake-server.ts';
import type { Additions } from './observe.ts';

let server: FakeServer;

beforeAll(async () => {
  server = await startFakeServer();
});

afterAll(() => server.close());

const catalogRead = '/bigquery/v2/projects/p/datasets/catalog/tables/read';

/** Looks a table up before every query, as middleware that resolves names does. */
const lookingUp: Middleware = {
  name: 'looking-up',
  async handle(call, context, next) {
    if (call.operation === 'jobs.query') {
      await context.upstream(fromHttpRequest({ method: 'GET', url: catalogRead }));
    }
    return next(call);
  },
};

const limit = '123456789';
const limitAndLabel = /"maximumBytesBilled":"123456789","labels":\{"guard_call":"<random id>"\}/;

const additions: Additions = {
  isOwn: ({ url }) => url === catalogRead,
  withoutAdditions(request) {
    const body = withoutLabel(withoutLimit(request.body));
    const taken = request.body.length - body.length;
    const length = Number(request.headers['content-length']) - taken;
    const isCounted = taken > 0 && 'content-length' in request.headers;
    return {
      ...request,
      body,
      headers: { ...request.headers, ...(isCounted && { 'content-length': `${length}` }) },
    };
  },
};

function withoutLimit(body: string): string {
  const text = `"maximumBytesBilled":"${limit}"`;
  return body.replace(`,${text}`, '').replace(`${text},`, '');
}

function withoutLabel(body: string): string {
  return body.replace(/,?"guard_call":"[^"]+"/, '').replace(/,"labels":\{\}/, '');
}

const guard = createGuard({
  middleware: [
    audit({ store: memoryStore() }),
    wellFormed(),
    lookingUp,
    limits({ limits: [{ name: 'cheap', maximumBytesBilled: BigInt(limit) }] }),
  ],
});

describe.each(versions)('the traffic of the official client $version', (version) => {
  it.each(Object.entries(recipes))('%s is equal once the additions are taken out', async (_name, recipe) => {
    const expected = await observe(server, version.plain(server.url), recipe);
    const guarded = await observe(server, version.guarded(server.url, guard), recipe, additions);
    expect(guarded).toEqual(expected);
  });

  it('shows the additions when they are left in', async () => {
    const recipe = recipes['query(text)'] ?? expect.fail();
    const { traffic } = await observe(server, version.guarded(server.url, guard), recipe);
    expect(traffic).toHaveLength(2);
    expect(traffic).toMatchObject([{ url: catalogRead }, { body: expect.stringMatching(limitAndLabel) }]);
  });
});
