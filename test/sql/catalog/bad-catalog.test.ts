import { describe, expect, test } from 'vitest';
import { analyse, staticCatalog } from '../../../src/sql/index.ts';
import type { Catalog, CatalogColumn, CatalogRoutine, CatalogTable, Facts } from '../../../src/sql/index.ts';

const name = { project: 'p', dataset: 'd', name: 't' };
const sound: CatalogTable = {
  name,
  kind: 'TABLE',
  columns: [{ name: 'a', type: 'INT64', mode: 'NULLABLE' }],
  pseudoColumns: [],
};

/** What a catalog of another make might answer; its types promise more than it keeps. */
const nonsense = (change: object): CatalogTable => Object.assign({ ...sound }, change);

const circle: CatalogColumn & { fields: CatalogColumn[] } = {
  name: 'a',
  type: 'STRUCT',
  mode: 'NULLABLE',
  fields: [],
};
circle.fields.push(circle);

function catalogOf(
  table: Catalog['table'],
  routine: Catalog['routine'] = () => Promise.resolve(undefined),
): Catalog {
  return { table, routine };
}

async function factsOf(sql: string, catalog: Catalog, catalogTimeout = 200): Promise<Facts> {
  const { facts } = await analyse(sql, { catalog, project: 'p', catalogTimeout });
  return facts;
}

async function messages(sql: string, catalog: Catalog): Promise<readonly string[]> {
  return (await factsOf(sql, catalog)).gaps.map(({ code, message }) => `${code}: ${message}`);
}

describe('a table that makes no sense is a gap', () => {
  test.each<readonly [string, unknown]>([
    ['null', null],
    ['a text', 'TABLE'],
    ['nothing but a name', { name }],
    ['another table', nonsense({ name: { ...name, name: 'u' } })],
    ['a table of another project', nonsense({ name: { ...name, project: 'q' } })],
    ['no name', nonsense({ name: undefined })],
    ['an unknown kind', nonsense({ kind: 'MODEL' })],
    ['columns that are no list', nonsense({ columns: { a: 'INT64' } })],
    ['no columns', nonsense({ columns: [] })],
    ['a column that is null', nonsense({ columns: [null] })],
    ['a column without a type', nonsense({ columns: [{ name: 'a', mode: 'NULLABLE' }] })],
    ['a type that is a number', nonsense({ columns: [{ name: 'a', type: 7, mode: 'NULLABLE' }] })],
    ['an unknown mode', nonsense({ columns: [{ name: 'a', type: 'INT64', mode: 'SOMETIMES' }] })],
    [
      'two columns of one name',
      nonsense({ columns: [...sound.columns, { ...sound.columns[0], name: 'A' }] }),
    ],
    ['a STRUCT without fields', nonsense({ columns: [{ name: 'a', type: 'STRUCT', mode: 'NULLABLE' }] })],
    ['fields beneath a number', nonsense({ columns: [{ ...sound.columns[0], fields: sound.columns }] })],
    ['a STRUCT that holds itself', nonsense({ columns: [circle] })],
    ['policy tags that are no list', nonsense({ columns: [{ ...sound.columns[0], policyTags: 'x' }] })],
    ['no pseudo columns', nonsense({ pseudoColumns: undefined })],
    ['a view without a text', nonsense({ view: { legacy: false } })],
    ['a view that does not say whether it is legacy', nonsense({ view: { sql: 'SELECT 1 AS a' } })],
  ])('%s', async (_what, answer) => {
    const table = (): Promise<CatalogTable> => Promise.resolve(answer as CatalogTable);
    expect(await messages('SELECT a FROM d.t', catalogOf(table))).toEqual([
      'catalog: p.d.t could not be read from the catalog: its answer makes no sense',
    ]);
  });

  test('and the sound one beside it is not', async () => {
    const facts = await factsOf(
      'SELECT * FROM d.t',
      catalogOf(() => Promise.resolve(sound)),
    );
    expect([facts.gaps, facts.outputs.map((output) => output.name)]).toEqual([[], ['a']]);
  });
});

test.each<readonly [string, unknown]>([
  ['a language that is no text', { kind: 'SCALAR_FUNCTION', language: null, parameters: [], body: '1' }],
  ['parameters that are no list', { kind: 'SCALAR_FUNCTION', language: 'SQL', body: '1' }],
  ['a body that is no text', { kind: 'SCALAR_FUNCTION', language: 'SQL', parameters: [], body: {} }],
  ['an unknown kind', { kind: 'MACRO', language: 'SQL', parameters: [], body: '1' }],
])('a routine with %s is a gap', async (_what, answer) => {
  const routine = (): Promise<CatalogRoutine> =>
    Promise.resolve({ ...(answer as CatalogRoutine), name: { ...name, name: 'f' } });
  expect(
    await messages(
      'SELECT d.f() AS a',
      catalogOf(() => Promise.resolve(undefined), routine),
    ),
  ).toEqual(['catalog: the routine p.d.f could not be read from the catalog: its answer makes no sense']);
});

describe('a catalog that does not answer is a gap', () => {
  const failing = (error: unknown): Catalog =>
    catalogOf(() => {
      throw error;
    });

  test.each<readonly [string, Catalog]>([
    ['it throws', failing(new Error('secret words'))],
    ['it throws nothing at all', failing(undefined)],
    ['it rejects', catalogOf(() => Promise.reject(new Error('secret words')))],
    ['it is no catalog', JSON.parse('{}') as Catalog],
  ])('%s', async (_what, catalog) => {
    expect(await messages('SELECT a FROM d.t', catalog)).toEqual([
      'catalog: p.d.t could not be read from the catalog',
    ]);
  });

  const silent = catalogOf(() => new Promise(() => undefined));

  test('it never answers', async () => {
    expect(await messages('SELECT a FROM d.t', silent)).toEqual([
      'catalog: p.d.t could not be read from the catalog in time',
    ]);
  });

  test('it stops answering after a text was analysed', async () => {
    let answers = true;
    const catalog = catalogOf(() => (answers ? Promise.resolve(sound) : silent.table(name)));
    expect(await messages('SELECT a FROM d.t', catalog)).toEqual([]);
    answers = false;
    expect(await messages('SELECT a FROM d.t', catalog)).toEqual([
      'catalog: p.d.t could not be read from the catalog in time',
    ]);
  });

  test('the time is one for the whole analysis, not for each table', async () => {
    const chain = catalogOf(async (asked) => {
      await new Promise((resolve) => setTimeout(resolve, 80));
      const next = { sql: `SELECT a FROM p.d.t${Number(asked.name.slice(1)) + 1}`, legacy: false };
      return { ...sound, name: asked, kind: 'VIEW', view: next };
    });
    const start = performance.now();
    expect(await messages('SELECT * FROM d.t1', chain)).toContainEqual(
      expect.stringMatching(/^catalog: p\.d\.t\d could not be read from the catalog in time$/),
    );
    expect(performance.now() - start).toBeLessThan(600);
  });

  test('an abort is thrown, and the reason is the one given', async () => {
    const signal = AbortSignal.abort(new Error('enough'));
    await expect(analyse('SELECT 1', { catalog: silent, project: 'p', signal })).rejects.toThrow('enough');
  });
});

test('a table of 10,000 columns is read like any other', async () => {
  const columns = Object.fromEntries(Array.from({ length: 10_000 }, (_, index) => [`c${index}`, 'INT64']));
  const catalog = staticCatalog({ tables: [{ name: 'p.d.wide', columns }] });
  const facts = await factsOf('SELECT * FROM d.wide', catalog, 30_000);
  expect([facts.gaps, facts.outputs.length, facts.columns.length]).toEqual([[], 10_000, 10_000]);
});

const fields = (count: number): readonly CatalogColumn[] =>
  Array.from({ length: count }, (_, index) => ({ name: `f${index}`, type: 'INT64', mode: 'NULLABLE' }));

test('a table of a million fields is not read', async () => {
  const columns = Array.from({ length: 1000 }, (_, index): CatalogColumn => ({
    name: `c${index}`,
    type: 'STRUCT',
    mode: 'NULLABLE',
    fields: fields(1000),
  }));
  expect(
    await messages(
      'SELECT a FROM d.t',
      catalogOf(() => Promise.resolve({ ...sound, columns })),
    ),
  ).toEqual(['catalog: p.d.t could not be read from the catalog: its answer makes no sense']);
});

test('a catalog that answers otherwise each time comes to an end', async () => {
  let count = 0;
  const table: Catalog['table'] = (asked) => {
    count += 1;
    const next = { sql: `SELECT a FROM p.d.v${count}`, legacy: false };
    return Promise.resolve({ ...sound, name: asked, kind: 'VIEW', view: next });
  };
  const facts = await factsOf('SELECT a FROM d.v', catalogOf(table), 30_000);
  expect(facts.gaps.length).toBeGreaterThan(0);
});
