import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { newAside } from '../../../src/sql/aside/aside.ts';
import type { Aside } from '../../../src/sql/aside/aside.ts';
import { workerFile } from '../../../src/sql/aside/worker-file.ts';
import { analyse, maskSources } from '../../../src/sql/index.ts';
import type { Catalog } from '../../../src/sql/index.ts';
import { shop } from '../shop.ts';

const long = (body: string): string => `${body}\n/* ${'x'.repeat(10_000)} */`;
const deep = (body: string, depth: number): string =>
  `SELECT ${'('.repeat(depth)}${body}${')'.repeat(depth)}`;

/** A catalog of its own, so that nothing is remembered from one test to the next. */
const options = (catalog: Catalog = shop) => ({ catalog: { ...catalog }, project: 'p' });

async function startedWorkers(run: () => Promise<unknown>): Promise<number> {
  let started = 0;
  const count = (): void => void (started += 1);
  subscribe('worker_threads', count);
  try {
    await run();
    return started;
  } finally {
    unsubscribe('worker_threads', count);
  }
}

const unruly = (more: Partial<Parameters<typeof newAside>[0]> = {}): Aside =>
  newAside({
    file: fileURLToPath(new URL('unruly-worker.ts', import.meta.url)),
    timeout: 20_000,
    waiting: 9,
    ...more,
  });

const gapsOf = async (aside: Aside, text: string): Promise<readonly string[]> => {
  const { analysis } = await aside(text, options());
  return analysis.facts.gaps.map(({ code, message }) => `${code}: ${message}`);
};

describe('a heavy text', () => {
  test('starts one worker for all of them; a light one starts none', async () => {
    const light = await startedWorkers(() => analyse('SELECT id FROM shop.orders', options()));
    const heavy = await startedWorkers(async () => {
      await analyse(long('SELECT id FROM shop.orders'), options());
      await analyse(deep('1', 20), options());
    });
    expect({ light, heavy }).toEqual({ light: 0, heavy: 1 });
  });

  test.each([
    [
      'a long query',
      long('SELECT c.*, o.items FROM shop.customers AS c JOIN shop.orders AS o ON c.id = o.customer_id'),
    ],
    ['a deep one', deep('(SELECT MAX(email) FROM shop.customers)', 12)],
    [
      'a script',
      'DECLARE x INT64;\nINSERT INTO hr.staff (id, name) SELECT id, email FROM shop.customers;\n'.repeat(130),
    ],
    ['views and routines', long('SELECT mail, shop.clean(mail) FROM shop.outer_view')],
    ['what is unknown', long('SELECT a FROM shop.nothing, shop.nowhere(1)')],
    ['what cannot be read', long('SELECT FROM WHERE')],
  ])('has the same analysis as on this thread: %s', async (_title, text) => {
    const aside = await analyse(text, options());
    const here = await newAside({ file: undefined, timeout: 0, waiting: 0 })(text, options());
    expect(JSON.stringify(aside.facts)).toBe(JSON.stringify(here.analysis.facts));
    expect(aside.references).toEqual(here.analysis.references);
  });

  test('beneath a view is heavy too', async () => {
    const view = long('SELECT email FROM p.shop.customers');
    const catalog: Catalog = {
      ...shop,
      table: async (name) =>
        name.name === 'wide'
          ? {
              name,
              kind: 'VIEW',
              columns: [{ name: 'email', type: 'STRING', mode: 'NULLABLE' }],
              pseudoColumns: [],
              view: { sql: view, legacy: false },
            }
          : shop.table(name),
    };
    const { facts } = await analyse('SELECT email FROM shop.wide', options(catalog));
    expect(facts.gaps).toEqual([]);
    expect(facts.tables.map(({ name }) => name.name)).toEqual(['customers', 'wide']);
  });

  test('is masked as any other', async () => {
    const analysis = await analyse(long('SELECT email FROM shop.customers'), options());
    const mask = { table: { project: 'p', dataset: 'shop', name: 'customers' }, path: ['email'] };
    const { text } = await maskSources(analysis, [{ ...mask, expression: () => 'CAST(NULL AS STRING)' }]);
    expect(text.slice(0, 60)).toBe('SELECT email FROM (SELECT CAST(NULL AS STRING) AS email FROM');
  });

  test('longer than the limit is refused without a worker', async () => {
    const text = '('.repeat(1_000_001);
    let codes: readonly string[] = [];
    const started = await startedWorkers(async () => {
      codes = (await analyse(text, options())).facts.gaps.map((gap) => gap.code);
    });
    expect({ started, codes }).toEqual({ started: 0, codes: ['limit'] });
  });

  test.each([
    ['that fails', () => Promise.reject(new Error('no'))],
    ['whose answer cannot be sent', () => Promise.resolve({ columns: [], pseudoColumns: [() => 1] })],
  ])('with a catalog %s has a gap', async (_title, table) => {
    // A catalog in JavaScript answers what it likes.
    const catalog = { ...shop, table: table as unknown as Catalog['table'] };
    const { facts } = await analyse(long('SELECT id FROM shop.orders'), options(catalog));
    expect(facts.gaps.map((gap) => gap.code)).toContain('catalog');
  });
});

describe('the worker', () => {
  const ended = 'limit: The text could not be analysed: its analysis ended early.';

  test('that ends is one gap; the next text gets another', async () => {
    const aside = unruly();
    expect(await gapsOf(aside, 'SELECT crash')).toEqual([ended]);
    expect(await gapsOf(aside, 'SELECT 1')).toEqual([]);
  });

  test('that takes too long is ended', async () => {
    const gaps = await gapsOf(unruly({ timeout: 300 }), 'SELECT for_ever');
    expect(gaps).toEqual(['limit: The analysis of the text takes longer than 300 ms.']);
  });

  test('is ended by an abort, while it works and before', async () => {
    const aside = unruly();
    const [one, other] = [new AbortController(), new AbortController()];
    const running = aside('SELECT for_ever', { ...options(), signal: one.signal });
    const waiting = aside('SELECT 1', { ...options(), signal: other.signal });
    other.abort(new Error('not needed any more'));
    setTimeout(() => one.abort(new Error('enough')), 100);
    await expect(running).rejects.toThrow('enough');
    await expect(waiting).rejects.toThrow('not needed any more');
    expect(await gapsOf(aside, 'SELECT 1')).toEqual([]);
  });

  test('has a queue of bounded length', async () => {
    const aside = unruly({ waiting: 1 });
    const all = await Promise.all(['SELECT 1', 'SELECT 2', 'SELECT 3'].map((text) => gapsOf(aside, text)));
    expect(all).toEqual([[], [], ['limit: Too many large texts wait to be analysed.']]);
  });

  test('is done without where its file is missing', async () => {
    expect(await gapsOf(unruly({ file: undefined }), 'SELECT crash')).toEqual([
      'unknown-column: there is no column crash',
    ]);
  });

  test('lies beside the sources', () => {
    expect(workerFile()).toMatch(/src\/sql\/aside\/worker\.ts$/);
  });
});

test('without the code of the worker, long texts are analysed here and longer ones refused', async () => {
  const here = newAside({ file: undefined, timeout: 0, waiting: 0 });
  const text = 'SELECT id FROM shop.orders;\n'.repeat(1_700);
  expect(await startedWorkers(async () => expect(await gapsOf(here, text)).toEqual([]))).toBe(0);
  expect(await gapsOf(here, text.repeat(2))).toEqual([
    expect.stringMatching(/^limit: .*dist\/sql-worker\.cjs/),
  ]);
});
