import { describe, expect, test } from 'vitest';
import { analyse, staticCatalog } from '../../../src/sql/index.ts';
import type { Facts, StaticCatalog } from '../../../src/sql/index.ts';
import { named } from '../shop.ts';

const customers = { name: 'p.shop.customers', columns: { id: 'INT64', email: 'STRING', country: 'STRING' } };

/** `shop.v1` reads `shop.v2`, and so on; the last one reads a table. */
const chain = (length: number): StaticCatalog => ({
  tables: [
    customers,
    ...Array.from({ length }, (_, index) => ({
      name: `p.shop.v${index + 1}`,
      columns: { email: 'STRING' },
      view: `SELECT email FROM shop.${index + 1 === length ? 'customers' : `v${index + 2}`}`,
    })),
  ],
});

async function factsOf(sql: string, catalog: StaticCatalog, dataset?: string): Promise<Facts> {
  const { facts } = await analyse(sql, {
    catalog: staticCatalog(catalog),
    project: 'p',
    defaultDataset: dataset === undefined ? undefined : { project: 'p', dataset },
  });
  return facts;
}

const gapsOf = (facts: Facts): readonly string[] =>
  facts.gaps.map(({ code, message }) => `${code}: ${message}`);

const tablesOf = (facts: Facts): readonly string[] =>
  facts.tables.map(({ name }) => `${name.project}.${name.dataset}.${name.name}`);

function view(name: string, text: string, columns: Readonly<Record<string, string>> = { email: 'STRING' }) {
  return { name, columns, view: text };
}

describe('views that lead back to themselves', () => {
  test('a view that names itself is a gap, and an end', async () => {
    const facts = await factsOf('SELECT email FROM shop.v', {
      tables: [view('p.shop.v', 'SELECT email FROM shop.v')],
    });
    expect([gapsOf(facts), tablesOf(facts)]).toEqual([
      ['view-depth: the view shop.v lies too deep or names itself'],
      ['p.shop.v', 'p.shop.v'],
    ]);
  });

  test('two views that name each other are a gap', async () => {
    const facts = await factsOf('SELECT email FROM shop.a JOIN shop.b USING (email)', {
      tables: [
        view('p.shop.a', 'SELECT email FROM shop.b'),
        view('p.shop.b', 'SELECT email FROM (SELECT email FROM shop.a)'),
      ],
    });
    expect(new Set(facts.gaps.map((gap) => gap.code))).toEqual(new Set(['view-depth']));
  });

  test('a circle through a function and a table function is a gap', async () => {
    const facts = await factsOf('SELECT email FROM shop.a', {
      tables: [view('p.shop.a', 'SELECT shop.f() AS email')],
      routines: [
        { name: 'p.shop.f', body: '(SELECT MAX(email) FROM shop.g())' },
        { name: 'p.shop.g', kind: 'TABLE_VALUED_FUNCTION', body: 'SELECT email FROM shop.a' },
      ],
    });
    expect(facts.gaps.map((gap) => gap.code)).toEqual(['view-depth']);
  });

  test('a circle in another letter case is one where letter case does not count', async () => {
    const facts = await factsOf('SELECT email FROM shop.v', {
      caseInsensitive: true,
      tables: [view('p.shop.V', 'SELECT email FROM SHOP.v')],
    });
    expect(facts.gaps.map((gap) => gap.code)).toEqual(['view-depth']);
  });
});

describe('views upon views', () => {
  test('16 deep are followed to the table', async () => {
    const facts = await factsOf('SELECT email FROM shop.v1', chain(16));
    expect(gapsOf(facts)).toEqual([]);
    expect(facts.outputs[0]?.sources.map(named)).toContain('shop.customers.email');
  });

  test.each([17, 50])('%i deep are a gap', async (length) => {
    const facts = await factsOf('SELECT email FROM shop.v1', chain(length));
    expect(gapsOf(facts)).toEqual(['view-depth: the view shop.v17 lies too deep or names itself']);
  });

  test('a view that each of its kind names twice takes no longer for it', async () => {
    const doubled = Array.from({ length: 14 }, (_, index) => {
      const next = index === 13 ? 'customers' : `w${index + 2}`;
      return view(
        `p.shop.w${index + 1}`,
        `SELECT a.email FROM shop.${next} AS a JOIN shop.${next} AS b USING (email)`,
      );
    });
    const start = performance.now();
    const facts = await factsOf('SELECT email FROM shop.w1', { tables: [customers, ...doubled] });
    expect(gapsOf(facts)).toEqual([]);
    expect(performance.now() - start).toBeLessThan(3000);
  });
});

describe('names in the text of a view', () => {
  const spread: StaticCatalog = {
    tables: [
      { name: 'q.shop.customers', columns: { email: 'STRING', secret: 'STRING' } },
      { name: 'p.shop.customers', columns: { email: 'STRING' } },
      { name: 'p.hr.staff', columns: { email: 'STRING' } },
      view('q.shop.near', 'SELECT email FROM shop.customers'),
      view('q.shop.far', 'SELECT email FROM `p.hr.staff`'),
      view('q.shop.bare', 'SELECT email FROM customers'),
    ],
  };

  test('lie in the project of the view, not in that of the caller', async () => {
    const facts = await factsOf('SELECT email FROM q.shop.near', spread, 'shop');
    expect([gapsOf(facts), tablesOf(facts)]).toEqual([[], ['q.shop.customers', 'q.shop.near']]);
  });

  test('may lie in another project: so does an authorised view', async () => {
    const facts = await factsOf('SELECT email FROM q.shop.far', spread, 'shop');
    expect([gapsOf(facts), tablesOf(facts)]).toEqual([[], ['p.hr.staff', 'q.shop.far']]);
  });

  test('never take the default dataset of the caller, nor one that a script sets', async () => {
    const facts = await factsOf('SELECT email FROM q.shop.bare', spread, 'shop');
    expect(gapsOf(facts)).toEqual(['unknown-table: customers needs a dataset']);
    const script = await factsOf(
      'SET @@dataset_id = "q.shop"; SELECT email FROM bare; SELECT email FROM near',
      spread,
      'hr',
    );
    expect(gapsOf(script)).toEqual(['unknown-table: customers needs a dataset']);
    expect(tablesOf(script)).toContain('q.shop.customers');
  });

  test('never take a temporary table or a variable of the caller', async () => {
    const facts = await factsOf(
      'DECLARE secret STRING; CREATE TEMP TABLE customers AS SELECT 1 AS email; SELECT email FROM q.shop.bare',
      spread,
      'shop',
    );
    expect(gapsOf(facts)).toEqual(['unknown-table: customers needs a dataset']);
  });
});

const reading = (text: string | undefined, kind: 'VIEW' | 'MATERIALIZED_VIEW' = 'VIEW'): Promise<Facts> =>
  factsOf('SELECT email FROM shop.v', {
    tables: [
      customers,
      {
        name: 'p.shop.v',
        kind,
        columns: { email: 'STRING' },
        ...(text === undefined ? {} : { view: text }),
      },
    ],
  });

describe('a view whose text', () => {
  test.each([
    ['is not shown', undefined],
    ['does not parse', 'SELECT email FROM FROM'],
    ['is no query', 'DROP TABLE shop.customers'],
    ['is two queries', 'SELECT email FROM shop.customers; SELECT email FROM shop.customers'],
    ['is blank', ' '],
    ['is dynamic', 'EXECUTE IMMEDIATE "SELECT 1 AS email"'],
  ])('%s is a gap', async (_what, text) => {
    const facts = await reading(text);
    expect(facts.gaps.map((gap) => gap.code)).toContain('view-depth');
    expect(facts.gaps.every((gap) => gap.range.start === 18 && gap.range.end === 24)).toBe(true);
  });

  test('is not shown is a gap for a materialised view too', async () => {
    expect((await reading(undefined, 'MATERIALIZED_VIEW')).gaps.map((gap) => gap.code)).toEqual([
      'view-depth',
    ]);
  });
});

describe('routines', () => {
  const routines: StaticCatalog = {
    tables: [customers],
    routines: [
      { name: 'p.shop.torn', parameters: [{ name: 'x' }], body: 'TRIM(x' },
      { name: 'p.shop.two', parameters: [{ name: 'x' }], body: 'x), (SELECT MAX(email) FROM shop.customers' },
      { name: 'p.shop.hidden', parameters: [{ name: 'x' }] },
      { name: 'p.shop.js', language: 'JAVASCRIPT', parameters: [{ name: 'x' }], body: '}{' },
      { name: 'p.shop.remote', language: 'REMOTE', parameters: [{ name: 'x' }] },
      {
        name: 'p.shop.rows',
        kind: 'TABLE_VALUED_FUNCTION',
        body: 'SELECT 1 AS a; SELECT email FROM shop.customers',
      },
      { name: 'p.shop.torn_rows', kind: 'TABLE_VALUED_FUNCTION', body: 'SELECT FROM WHERE' },
      { name: 'p.shop.job', kind: 'PROCEDURE', body: 'BEGIN DELETE FROM shop.customers WHERE TRUE; END' },
      { name: 'p.shop.torn_job', kind: 'PROCEDURE', body: 'BEGIN DELETE FROM' },
      { name: 'p.shop.spark', kind: 'PROCEDURE', language: 'REMOTE' },
      { name: 'p.shop.again', kind: 'PROCEDURE', body: 'BEGIN CALL shop.again(); END' },
      { name: 'p.shop.dynamic', kind: 'PROCEDURE', body: 'BEGIN EXECUTE IMMEDIATE "SELECT 1"; END' },
    ],
  };

  test.each([
    ['a body that does not parse', 'SELECT shop.torn(email) FROM shop.customers'],
    ['a body of two expressions', 'SELECT shop.two(email) FROM shop.customers'],
    ['a body that is not shown', 'SELECT shop.hidden(email) FROM shop.customers'],
    ['a table function of two statements', 'SELECT * FROM shop.rows()'],
    ['a table function that does not parse', 'SELECT 1 FROM shop.torn_rows()'],
    ['a procedure that does not parse', 'CALL shop.torn_job()'],
    ['a procedure in another language', 'CALL shop.spark()'],
    ['a procedure that calls itself', 'CALL shop.again()'],
    ['a procedure with a text made at run time', 'CALL shop.dynamic()'],
    ['a procedure called as a function', 'SELECT shop.job()'],
    ['a function called as a procedure', 'CALL shop.js(1)'],
    ['a table function called as a function', 'SELECT shop.rows()'],
    ['a function in FROM', 'SELECT 1 FROM shop.js(1)'],
  ])('%s is a gap', async (_what, sql) => {
    expect((await factsOf(sql, routines)).gaps.length).toBeGreaterThan(0);
  });

  test('in JavaScript depend on their arguments, and those that run elsewhere are external', async () => {
    const script = await factsOf('SELECT shop.js(email) AS a FROM shop.customers', routines);
    const remote = await factsOf('SELECT shop.remote(email) AS a FROM shop.customers', routines);
    expect(
      [script, remote].map(({ gaps, flags, outputs }) => [
        gaps.length,
        flags.external,
        outputs[0]?.sources.map(named),
      ]),
    ).toEqual([
      [0, false, ['shop.customers.email']],
      [0, true, ['shop.customers.email']],
    ]);
  });
});

test('a column is followed through a view, a table function and a function to where it lies', async () => {
  const facts = await factsOf('SELECT UPPER(mail) AS m FROM shop.outer WHERE known', {
    tables: [
      customers,
      view('p.shop.outer', 'SELECT shop.clean(email) AS mail, known FROM shop.rows("DE")', {
        mail: 'STRING',
        known: 'BOOL',
      }),
    ],
    routines: [
      {
        name: 'p.shop.rows',
        kind: 'TABLE_VALUED_FUNCTION',
        parameters: [{ name: 'c' }],
        body: 'SELECT email, id > 0 AS known FROM shop.customers WHERE country = c',
      },
      { name: 'p.shop.clean', parameters: [{ name: 'x' }], body: 'TRIM(x)' },
    ],
  });
  expect([facts.gaps, facts.outputs[0]?.sources.map(named), facts.influences.map(named)]).toEqual([
    [],
    ['shop.customers.email', 'shop.outer.mail'],
    ['shop.customers.country', 'shop.customers.id', 'shop.outer.known'],
  ]);
});
