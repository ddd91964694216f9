import { describe, expect, it } from 'vitest';
import { createGuard } from '../../src/client/guard.ts';
import { resolveGuard } from '../../src/client/resolve-guard.ts';
import type { GuardLoader } from '../../src/client/resolve-guard.ts';
import { bench, watching } from './harness.ts';

const start = bench();

const failing: GuardLoader = () => Promise.reject(new Error('secret of the disk'));

function recorder(): { readonly load: GuardLoader; readonly sources: unknown[] } {
  const sources: unknown[] = [];
  return {
    sources,
    load(source) {
      sources.push(source);
      return Promise.resolve(createGuard({ middleware: [watching()] }));
    },
  };
}

/** What is loaded for an option and an environment, once a call is made. */
async function loaded(
  option: Parameters<typeof resolveGuard>[0],
  environment: NodeJS.ProcessEnv,
): Promise<unknown> {
  const { load, sources } = recorder();
  const { client } = start();
  await client(resolveGuard(option, environment, load)).query('SELECT 1');
  return sources;
}

describe('the guard of a client', () => {
  it('is the one that it was given', () => {
    const guard = createGuard({ middleware: [] });
    expect(resolveGuard(guard, { BIGQUERY_GUARD_CONFIG: 'other.yaml' })).toBe(guard);
  });

  it.each([
    ['the option names a file', { config: 'a.yaml' }, {}, { config: 'a.yaml' }],
    ['the option wins', { config: 'a.yaml' }, { BIGQUERY_GUARD_CONFIG: 'b.yaml' }, { config: 'a.yaml' }],
    ['the environment names a file', undefined, { BIGQUERY_GUARD_CONFIG: 'b.yaml' }, { config: 'b.yaml' }],
    [
      'the environment names a service',
      undefined,
      { BIGQUERY_GUARD_URL: 'http://g', BIGQUERY_GUARD_TOKEN: 't', BIGQUERY_GUARD_REQUIRED: '1' },
      { remote: { url: 'http://g', token: 't' } },
    ],
    ['nothing is configured', undefined, {}, { observe: true }],
    ['a guard is expressly not required', undefined, { BIGQUERY_GUARD_REQUIRED: '0' }, { observe: true }],
  ])('is loaded at the first call: %s', async (_case, option, environment, source) => {
    expect(await loaded(option, environment)).toEqual([source]);
  });

  it('is missing where one is required', () => {
    const expected = expect.objectContaining({ code: 'ERR_CONFIG' });
    expect(() => resolveGuard(undefined, { BIGQUERY_GUARD_REQUIRED: '1' })).toThrow(expected);
  });

  it('is not chosen between two', () => {
    const environment = { BIGQUERY_GUARD_CONFIG: 'a.yaml', BIGQUERY_GUARD_URL: 'http://g' };
    expect(() => resolveGuard(undefined, environment)).toThrow('both set');
  });

  it('is shared by the clients of a process, and made anew after it was closed', async () => {
    const { load, sources } = recorder();
    const { client } = start();
    const first = resolveGuard({ config: 'a.yaml' }, {}, load);
    expect(resolveGuard({ config: 'a.yaml' }, {}, load)).toBe(first);
    await client(first).query('SELECT 1');
    await first.close();
    const second = resolveGuard({ config: 'a.yaml' }, {}, load);
    await client(second).query('SELECT 1');
    expect(sources).toHaveLength(2);
  });

  it('refuses every call when it cannot be loaded', async () => {
    const { server, client } = start();
    const guarded = client(resolveGuard({ config: 'a.yaml' }, {}, failing));
    for (const attempt of [guarded.query('SELECT 1'), guarded.getDatasets()]) {
      await expect(attempt).rejects.toMatchObject({
        code: 403,
        guardCode: 'ERR_CONFIG',
        message: expect.not.stringContaining('secret'),
      });
    }
    expect(server.take()).toEqual([]);
  });
});
