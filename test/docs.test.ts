import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../src/config/load-config.ts';
import { fences, type Fence } from './fences.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, '.cache/docs');

const entries = {
  'bigquery-guard': 'src/index.ts',
  'bigquery-guard/errors': 'src/errors.ts',
  'bigquery-guard/middleware': 'src/middleware/index.ts',
  'bigquery-guard/sql': 'src/sql/index.ts',
  'bigquery-guard/testing': 'src/testing/index.ts',
};

const all = fences();
const code = all.filter(({ words: [language] }) => language === 'ts' || language === 'js');
const policies = all.filter(({ words }) => words.includes('guard.yaml'));

/** Blocks of one document lie side by side; one that others import carries its name behind the language. */
const placeOf = ({ file, line, words: [language = 'ts', name] }: Fence): string =>
  join(file.replaceAll(/[/\\.]/g, '-'), name ?? `line-${line}.${language}`);

const tsconfig = {
  extends: '../../tsconfig.json',
  compilerOptions: {
    allowJs: true,
    checkJs: true,
    isolatedDeclarations: false,
    declaration: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    paths: Object.fromEntries(Object.entries(entries).map(([name, file]) => [name, [`../../${file}`]])),
  },
  include: ['.'],
};

/** One file a fence; the lines before it are empty, so that a fault has its line in the document. */
function layOut(blocks: readonly Fence[]): void {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  for (const block of blocks) {
    const place = join(folder, placeOf(block));
    mkdirSync(dirname(place), { recursive: true });
    writeFileSync(place, `${'\n'.repeat(block.line - 1)}${block.code}\nexport {};\n`);
  }
}

function checkTypes(): Promise<readonly string[]> {
  return new Promise((resolve) => {
    const compiler = join(root, 'node_modules/typescript/bin/tsc');
    execFile(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], (_error, printed) =>
      resolve(printed.split('\n').filter((line) => line.includes('.cache/docs/'))),
    );
  });
}

function faultOf({ code: text, file }: Fence): string | undefined {
  try {
    parseConfig(text, file);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

describe('the documentation', () => {
  it('has code and policies to look at', () => {
    expect(code.length).toBeGreaterThan(10);
    expect(policies.length).toBeGreaterThan(0);
  });

  it('has only code whose types are right', async () => {
    layOut(code);
    expect(await checkTypes()).toEqual([]);
  }, 120_000);

  it('has only policy files that load', () => {
    expect(policies.map(faultOf).filter((fault) => fault !== undefined)).toEqual([]);
  });

  it('explains every error code, and none that does not exist', () => {
    const source = readFileSync(join(root, 'src/errors.ts'), 'utf8');
    const [list = ''] = source.match(/const errorCodes = \[[^\]]*\]/) ?? [];
    const codes = [...list.matchAll(/'(ERR_\w+)'/g)].map(([, name]) => name);
    const document = readFileSync(join(root, 'docs/errors.md'), 'utf8');
    const explained = [...document.matchAll(/^\| `(ERR_\w+)` +\| \S.* \| \S.* \|$/gm)].map(
      ([, name]) => name,
    );
    expect(codes).toContain('ERR_POLICY_DENIED');
    expect(explained).toEqual(codes);
  });
});
