import { expect, test } from 'vitest';
import { analysisMemory } from '../../../src/sql/analysis-memory.ts';
import { analyseHere, patient } from '../../../src/sql/analyse-here.ts';
import type { Made } from '../../../src/sql/analyse-here.ts';
import { analyse, staticCatalog } from '../../../src/sql/index.ts';
import type { Catalog } from '../../../src/sql/index.ts';
import { newCatalogMemory } from '../../../src/sql/resolve/catalog-view.ts';

const people = (columns: Readonly<Record<string, string>>): Catalog =>
  staticCatalog({ tables: [{ name: 'p.d.people', columns }] });

const catalog = people({ id: 'INT64', name: 'STRING', address: 'STRUCT<city STRING>' });
const options = { catalog, project: 'p' };
const asking = {
  signal: undefined,
  patience: {
    wait: <Value>(answer: Value | Promise<Value>) => Promise.resolve(answer),
    end: () => undefined,
  },
};

const made = (text: string): Promise<Made> =>
  analyseHere(text, options, { memory: newCatalogMemory(), asking, effort: patient });

test.each([
  'SELECT name AS n, address.city FROM d.people WHERE id = @id',
  'SELECT * EXCEPT (id), "\u{1F600}é" AS x FROM d.people AS a JOIN d.people FOR SYSTEM_TIME AS OF x USING (id)',
  'SELECT d.people.name FROM d.people TABLESAMPLE SYSTEM (1 PERCENT)',
  'SELECT name FROM d.people; SELECT id FROM d.people',
  'UPDATE d.people SET name = "x" WHERE id = 1',
  'SELECT a FROM d.unknown',
  'SELECT (',
  'SELECT 1',
])('an analysis of %s that was packed is the one that it was', async (text) => {
  const memory = analysisMemory(1, 10);
  const before = await made(text);
  memory.set(text, before);
  memory.set('another', await made('SELECT 2'));
  const after = memory.get(text, options);
  expect(after).not.toBe(before);
  expect(after).toEqual({ analysis: before.analysis, used: before.used });
  expect(JSON.stringify(after?.analysis.facts)).toBe(JSON.stringify(before.analysis.facts));
  const tables = before.analysis.references.map((reference) => reference.table);
  for (const [index, table] of tables.entries()) expect(after?.analysis.references[index]?.table).toBe(table);
});

test('it has the options of the call that asks for it', async () => {
  const memory = analysisMemory(1, 10);
  memory.set('SELECT 1', await made('SELECT 1'));
  memory.set('SELECT 2', await made('SELECT 2'));
  const now = { catalog: people({ id: 'INT64' }), project: 'p', signal: AbortSignal.timeout(1000) };
  expect(memory.get('SELECT 1', now)?.analysis.options).toEqual({ catalog: now.catalog, project: 'p' });
});

test('the packed ones are bounded, too', async () => {
  const memory = analysisMemory(1, 1);
  for (const text of ['SELECT 1', 'SELECT 2', 'SELECT 3']) memory.set(text, await made(text));
  const known = ['SELECT 1', 'SELECT 2', 'SELECT 3'].map((text) => memory.get(text, options) !== undefined);
  expect(known).toEqual([false, true, true]);
});

test('a packed analysis is not used again once its table has changed', async () => {
  const owner = {};
  const text = 'SELECT * FROM d.people';
  const outputs = async (columns: Readonly<Record<string, string>>): Promise<readonly string[]> => {
    const { facts } = await analyse(text, { catalog: people(columns), project: 'p', memory: owner });
    return facts.outputs.map((output) => output.name);
  };
  expect(await outputs({ id: 'INT64' })).toEqual(['id']);
  for (let number = 0; number < 250; number += 1)
    await analyse(`SELECT ${number}`, { catalog, project: 'p', memory: owner });
  expect(await outputs({ id: 'INT64', secret: 'STRING' })).toEqual(['id', 'secret']);
});
