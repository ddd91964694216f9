import { readFile } from 'node:fs/promises';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { catalogJsonSchema } from '../../src/config/json-schema.ts';
import { loadCatalog, parseCatalog } from '../../src/config/load-catalog.ts';
import { isGuardError } from '../../src/errors.ts';

const judge = new Ajv2020().compile(catalogJsonSchema());

const whole = `version: 1
project: acme
tables:
  - name: shop.customers
    columns:
      id: INT64
      email: STRING(100)
      orders: ARRAY<STRUCT<sku STRING, quantity NUMERIC(10, 2)>>
  - name: other.hr.staff
    columns:
      - { name: name, type: STRING, mode: REQUIRED, policyTags: [projects/p/locations/eu/taxonomies/1/policyTags/2] }
      - { name: home, type: RECORD, fields: [{ name: city, type: STRING }] }
      - { name: _PARTITIONTIME, type: TIMESTAMP, hidden: true }
    labels: { team: people }
  - { name: shop.mails, columns: { email: STRING }, view: SELECT email FROM shop.customers }
routines:
  - { name: shop.clean, parameters: [{ name: x, type: STRING }], body: TRIM(x) }
`;

function messageOf(text: string): string {
  try {
    parseCatalog(text);
  } catch (error) {
    if (isGuardError(error) && error.code === 'ERR_CONFIG') return error.message;
    throw error;
  }
  return 'accepted';
}

const table = (rest: string): string => `version: 1\nproject: a\ntables:\n  - { name: d.t, ${rest} }\n`;

describe('a catalog file', () => {
  it('becomes a catalog, in YAML as in JSON', async () => {
    for (const text of [whole, JSON.stringify(parse(whole), null, '\t')]) {
      const { catalog, project } = parseCatalog(text);
      expect(project).toBe('acme');
      expect(await catalog.table({ project: 'other', dataset: 'hr', name: 'staff' })).toEqual({
        name: { project: 'other', dataset: 'hr', name: 'staff' },
        kind: 'TABLE',
        columns: [
          {
            name: 'name',
            type: 'STRING',
            mode: 'REQUIRED',
            policyTags: ['projects/p/locations/eu/taxonomies/1/policyTags/2'],
          },
          {
            name: 'home',
            type: 'STRUCT',
            mode: 'NULLABLE',
            fields: [{ name: 'city', type: 'STRING', mode: 'NULLABLE' }],
          },
        ],
        pseudoColumns: [{ name: '_PARTITIONTIME', type: 'TIMESTAMP', mode: 'NULLABLE' }],
        labels: { team: 'people' },
      });
      const view = await catalog.table({ project: 'acme', dataset: 'shop', name: 'mails' });
      expect([view?.kind, view?.view]).toEqual([
        'VIEW',
        { sql: 'SELECT email FROM shop.customers', legacy: false },
      ]);
      const routine = await catalog.routine({ project: 'acme', dataset: 'shop', name: 'clean' });
      expect(routine?.body).toBe('TRIM(x)');
    }
  });

  it.each([
    ['nothing', '', 'catalog.yaml:1:1'],
    ['a list', '- a', 'catalog.yaml:1:1'],
    ['an unknown version', 'version: 2', 'catalog.yaml:1:10 version'],
    ['an unknown key', table('colums: { a: INT64 }, columns: { a: INT64 }'), 'Did you mean "columns"?'],
    [
      'an unknown key of a column',
      table('columns: [{ name: a, type: INT64, tags: [] }]'),
      'catalog.yaml:4:58 ',
    ],
    ['a duplicate key', table('columns: { a: INT64, a: INT64 }'), 'catalog.yaml:4:39 Map keys must be'],
    ['no columns', table('kind: TABLE'), 'catalog.yaml:4:5 tables.0.columns'],
    ['an empty list of columns', table('columns: []'), 'catalog.yaml:4:27 tables.0.columns'],
    [
      'a type that is none',
      table('columns: { a: ARRAY<INT64 }'),
      'catalog.yaml:4:32 tables.0.columns.a "ARRAY<',
    ],
    ['a type that is a number', table('columns: { a: 64 }'), 'catalog.yaml:4:32 tables.0.columns.a'],
    ['a bare name', 'version: 1\nproject: a\ntables: [{ name: t, columns: { a: INT64 } }]', 'dataset.name'],
    [
      'a name without a project',
      'version: 1\ntables:\n  - { name: d.t, columns: { a: INT64 } }',
      'catalog.yaml:3:13 tables.0.name d.t has no project',
    ],
    [
      'a table described twice',
      `${table('columns: { a: INT64 }')}  - { name: a.d.t, columns: { a: INT64 } }`,
      'catalog.yaml:5:13 tables.1.name a.d.t is described twice',
    ],
    ['torn text', 'version: 1\ntables: [', 'catalog.yaml:'],
  ])('with %s is refused with its place', (_what, text, message) => {
    expect(messageOf(text)).toContain(message);
    expect(messageOf(text)).toMatch(/^catalog\.yaml:\d+:\d+ /);
  });

  it('that is not there is an error of its own', async () => {
    await expect(loadCatalog('/nowhere/catalog.yaml')).rejects.toThrow(
      'The catalog file /nowhere/catalog.yaml cannot be read.',
    );
  });

  it('has a JSON Schema, and it is the one that is shipped', async () => {
    const shipped = await readFile(new URL('../../docs/catalog.schema.json', import.meta.url), 'utf8');
    expect(JSON.parse(shipped)).toEqual(catalogJsonSchema());
    expect(judge(parse(whole))).toBe(true);
    expect(judge(parse(table('colums: { a: INT64 }')))).toBe(false);
    expect(judge(parse(table('columns: { a: 64 }')))).toBe(false);
  });
});
