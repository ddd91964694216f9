import { afterEach, describe, expect, it, vi } from 'vitest';
import type { Call } from '../../src/call/call.ts';
import { createContext } from '../../src/call/context.ts';
import { GoogleError } from '../../src/call/google-error.ts';
import type { Json } from '../../src/call/json.ts';
import { nativeOf } from '../../src/config/native.ts';

const table = { project: 'acme', dataset: 'shop', name: 'orders' };

afterEach(() => {
  vi.useRealTimers();
});

function ask(answer: (path: string) => Json) {
  const asked: string[] = [];
  const context = createContext({
    principal: { id: 'a', groups: [], delegation: [], verified: true },
    signal: new AbortController().signal,
    now: () => new Date(0),
    upstream: async (call: Call) => {
      asked.push(call.path);
      return { status: 200, headers: {}, body: answer(call.path) };
    },
  });
  return { asked, source: nativeOf()(context) };
}

describe('row access policies', () => {
  it.each([
    ['an empty list', { rowAccessPolicies: [] }, false],
    ['no list', {}, false],
    ['a policy', { rowAccessPolicies: [{}] }, true],
    ['an empty page with more behind it', { rowAccessPolicies: [], nextPageToken: 'x' }, true],
    ['what is no list', { rowAccessPolicies: 'none' }, true],
  ])('%s', async (_what, body, has) => {
    expect(await ask(() => body).source.hasRowAccessPolicies(table)).toBe(has);
  });

  it('are not there for a table that is not there', async () => {
    const { source } = ask(() => {
      throw new GoogleError(404, {});
    });
    expect(await source.hasRowAccessPolicies(table)).toBe(false);
  });

  it('that may not be asked for, or cannot be read, are no answer', async () => {
    const forbidden = ask(() => {
      throw new GoogleError(403, {});
    });
    await expect(forbidden.source.hasRowAccessPolicies(table)).rejects.toThrow();
    await expect(ask(() => 'x').source.hasRowAccessPolicies(table)).rejects.toThrow('cannot be read');
  });

  it('are asked for once by those who ask at the same time, and again after ten seconds or a failure', async () => {
    vi.useFakeTimers();
    let fails = true;
    const { asked, source } = ask(() => {
      if (fails) throw new GoogleError(500, {});
      return {};
    });
    await expect(source.hasRowAccessPolicies(table)).rejects.toThrow();
    fails = false;
    await Promise.all([source.hasRowAccessPolicies(table), source.hasRowAccessPolicies(table)]);
    vi.advanceTimersByTime(9_999);
    await source.hasRowAccessPolicies(table);
    expect(asked.length).toBe(2);
    vi.advanceTimersByTime(1);
    await source.hasRowAccessPolicies(table);
    expect(asked.length).toBe(3);
  });

  it('of a name that would lead to another path are not asked for', async () => {
    const { asked, source } = ask(() => ({}));
    await expect(source.hasRowAccessPolicies({ ...table, name: '..' })).rejects.toThrow('consists of dots');
    expect(asked).toEqual([]);
  });
});

describe('a dataset', () => {
  it('has labels, and what it authorizes by full names', async () => {
    const reference = { projectId: 'acme', datasetId: 'views' };
    const { source } = ask(() => ({
      labels: { data: 'open', odd: 1 },
      access: [
        { view: { ...reference, tableId: 'v' } },
        { routine: { ...reference, routineId: 'r' } },
        { dataset: { dataset: reference } },
        { userByEmail: 'ana@acme.io' },
        'odd',
      ],
    }));
    expect(await source.dataset('acme', 'shop')).toEqual({
      labels: { data: 'open' },
      authorized: ['acme.views.v', 'acme.views.r', 'acme.views.*'],
    });
  });
});
