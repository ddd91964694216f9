import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runtimePackages } from './runtime-packages.ts';

/** Licences that ask for no more than their own text and a notice. */
const permissive = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'ISC', 'MIT', 'MIT-0']);

const packages = runtimePackages();

function rowsOfDocument(): readonly string[] {
  const text = readFileSync(new URL('../docs/licence.md', import.meta.url), 'utf8');
  const rows = text.matchAll(/^\| `(.+?)` +\| (.+?) +\|$/gm);
  return [...rows].map(([, name = '', licence = '']) => `${name}: ${licence}`);
}

describe('the licences of what runs', () => {
  it('covers the packages we ask for and those they bring', () => {
    const names = packages.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(['@google-cloud/bigquery', 'gaxios', 'undici', 'p-retry']));
    expect(names).toEqual(expect.arrayContaining(['@duckdb/node-api', '@duckdb/node-bindings-linux-x64']));
    expect(names).not.toContain('vitest');
  });

  it('has one package that is not permissive: the SQL parser', () => {
    const others = packages.filter(({ licence }) => !permissive.has(licence));
    expect(others).toEqual([
      { name: 'sql-parser-cst', licence: 'GPL-2.0-or-later', stated: 'GPL-2.0-or-later' },
    ]);
  });

  it('finds in each installed package the licence that the lock file names', () => {
    const differing = packages.filter(({ licence, stated }) => stated !== undefined && stated !== licence);
    expect(differing).toEqual([]);
  });

  it('lists every one of them in docs/licence.md', () => {
    const lines = new Set(packages.map(({ name, licence }) => `${name}: ${licence}`));
    expect(rowsOfDocument()).toEqual([...lines].toSorted());
  });
});
