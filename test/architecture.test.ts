import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const source = fileURLToPath(new URL('../src', import.meta.url));

/** Which rooms each room may import from. Imports point one way. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  errors: [],
  sql: ['errors'],
  call: ['errors'],
  // Beneath middleware, so that limits today and approvals or the service later share one port.
  store: ['errors', 'call'],
  transport: ['errors', 'call'],
  middleware: ['errors', 'sql', 'call', 'store'],
  config: ['errors', 'sql', 'call', 'store', 'transport', 'middleware'],
  client: ['errors', 'call', 'transport', 'middleware', 'config'],
  testing: ['errors', 'sql', 'call', 'store', 'transport', 'middleware'],
  service: ['errors', 'sql', 'call', 'transport', 'middleware', 'config'],
  cli: [
    'errors',
    'sql',
    'call',
    'store',
    'transport',
    'middleware',
    'config',
    'client',
    'service',
    'testing',
    'index',
  ],
  index: ['errors', 'call', 'client'],
};

/** Packages that only one room may know. */
const onlyIn: Readonly<Record<string, string>> = {
  'sql-parser-cst': 'sql/parse',
  '@duckdb/node-api': 'testing/stand-in',
  yaml: 'config',
  zod: 'config',
  commander: 'cli',
  nodemailer: 'middleware/approval/channels',
  '@marcbachmann/cel-js': 'middleware/policy',
  re2js: 'middleware/detection',
  '@cedar-policy/cedar-wasm/nodejs': 'middleware/policy/engines',
};

interface Import {
  readonly file: string;
  readonly target: string;
}

async function importsOfSource(): Promise<readonly Import[]> {
  const names = await readdir(source, { recursive: true });
  return names
    .filter((name) => name.endsWith('.ts'))
    .flatMap((file) => {
      const text = readFileSync(join(source, file), 'utf8');
      const found = text.matchAll(/(?:from|import|import\(|require\()\s*'([^']+)'/g);
      return [...found].map((match) => ({ file, target: match[1] ?? '' }));
    });
}

const roomOf = (path: string): string => (path.split(sep)[0] ?? '').replace(/\.ts$/, '');

const imports = await importsOfSource();

describe('the house', () => {
  it('has imports to look at', () => {
    expect(imports.length).toBeGreaterThan(100);
  });

  it('knows every room', () => {
    const rooms = new Set(imports.map(({ file }) => roomOf(file)));
    expect([...rooms].filter((room) => mayImport[room] === undefined)).toEqual([]);
  });

  it('lets imports point one way', () => {
    const wrong = imports
      .filter(({ target }) => target.startsWith('.'))
      .filter(({ file, target }) => {
        const from = roomOf(file);
        const to = roomOf(relative(source, join(source, dirname(file), target)));
        return from !== to && !(mayImport[from] ?? []).includes(to);
      });
    expect(wrong).toEqual([]);
  });

  it('keeps a package in the room that owns it', () => {
    const wrong = imports.filter(({ file, target }) => {
      const room = onlyIn[target];
      return room !== undefined && !file.split(sep).join('/').startsWith(`${room}/`);
    });
    expect(wrong).toEqual([]);
  });

  it('names index files only for names', async () => {
    const names = await readdir(source, { recursive: true });
    const wrong = names
      .filter((name) => name.endsWith('index.ts'))
      .filter((name) =>
        /\bfunction [a-zA-Z]|=>|\bclass [A-Z]/.test(readFileSync(join(source, name), 'utf8')),
      );
    expect(wrong).toEqual([]);
  });

  it('has no room for odds and ends', async () => {
    const names = await readdir(source, { recursive: true });
    expect(
      names.filter((name) => /(^|\/)(utils?|helpers?|common|manager|types)(\.ts|\/|$)/.test(name)),
    ).toEqual([]);
  });
});
