import { spawn } from 'node:child_process';
import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isGuardError } from '../../src/errors.ts';
import {
  memoryBudgets,
  sharedFolder,
  sharedMemory,
  type EntryStore,
  type SharedStore,
} from '../../src/store/index.ts';
import { testStore } from '../../src/testing/index.ts';
import { sqliteEntries } from './sqlite-entries.ts';

let root: string;
let last = 0;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'store-'));
});

afterAll(() => rm(root, { recursive: true }));

const now = new Date('2026-03-01T12:00:00Z');
const folder = (): string => join(root, `${(last += 1)}`);
const journal = (of: string): string => join(of, 'entries.jsonl');

const set = (
  store: SharedStore,
  key: string,
  value: string,
  expected?: string,
): ReturnType<EntryStore['commit']> => store.entries.commit([{ key, value, expected }], now);

const valueOf = async (store: SharedStore, key: string): Promise<string | undefined> =>
  (await store.entries.get(key, now))?.value;

async function refusal(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return isGuardError(error) ? [error.guardCode, error.message] : error;
  }
  return 'not refused';
}

/** Runs a program that knows `store` and `now`, kills it when it says so, and answers what it printed. */
function program(of: string, text: string): Promise<string> {
  const source = new URL('../../src/store/index.ts', import.meta.url).href;
  const whole = `
    import { sharedFolder } from ${JSON.stringify(source)};
    const store = sharedFolder({ folder: ${JSON.stringify(of)} });
    const now = new Date('2026-03-01T12:00:00Z');
    ${text}`;
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', whole], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => {
      output += String(chunk);
      if (output.includes('kill me')) child.kill('SIGKILL');
    });
    child.on('close', () => resolve(output));
  });
}

/** Commits three entries at a time until it is killed, and says after each commit that it was acknowledged. */
const write = (number: number): string => `
      for (let index = 0; ; index += 1) {
        const changes = ['a', 'b', 'c'].map((name) => ({ key: \`${number}/\${index}/\${name}\`, expected: undefined, value: 'x'.repeat(5_000) }));
        await store.entries.commit(changes, now);
        console.log(index);
        if (index === ${20 + number}) console.log('kill me');
      }`;

const api = { describe, expect, it };
testStore('memory', async () => sharedMemory(), api);
testStore(
  'SQLite',
  async () => ({ entries: sqliteEntries(), budgets: memoryBudgets(), close: async () => {} }),
  api,
);
testStore('a folder', async () => sharedFolder({ folder: join(root, 'contract') }), api);

describe('a folder as a store', () => {
  it('is there again for the next process, and belongs to its user alone', async () => {
    const of = folder();
    const first = sharedFolder({ folder: of });
    await set(first, 'a', 'one');
    await first.close();
    expect(await valueOf(sharedFolder({ folder: of }), 'a')).toBe('one');
    expect((await stat(of)).mode & 0o777).toBe(0o700);
    expect((await stat(journal(of))).mode & 0o777).toBe(0o600);
    expect(await readdir(of)).toEqual(['entries.jsonl']);
  });

  it('shows at once what another handle wrote, and tells who watches', async () => {
    const of = folder();
    const [one, other] = [sharedFolder({ folder: of }), sharedFolder({ folder: of })];
    const heard = new Promise((resolve) => void other.entries.watch('a', resolve));
    await set(one, 'b', 'not told');
    await set(one, 'a/1', 'told');
    expect(await valueOf(other, 'a/1')).toBe('told');
    expect(await heard).toBe('a/1');
    await other.close();
  });

  it('lets two processes count up one entry without losing a step', async () => {
    const of = folder();
    const count = `
      for (let round = 0; round < 40; round += 1) {
        for (;;) {
          const entry = await store.entries.get('count', now);
          const value = String(Number(entry?.value ?? 0) + 1);
          const { kind } = await store.entries.commit([{ key: 'count', expected: entry?.version, value }], now);
          if (kind === 'committed') break;
        }
      }`;
    await Promise.all([program(of, count), program(of, count)]);
    expect(await valueOf(sharedFolder({ folder: of }), 'count')).toBe('80');
  }, 30_000);

  it('has all that it acknowledged when a process is killed, and no commit in part', async () => {
    const of = folder();
    const runs = await Promise.all([1, 2, 3].map((number) => program(of, write(number))));
    const store = sharedFolder({ folder: of });
    for (const [index, output] of runs.entries()) {
      const acknowledged = output.split('\n').filter((line) => /^\d+$/.test(line)).length;
      const kept = await store.entries.list(`${index + 1}/`, now);
      expect(acknowledged).toBeGreaterThan(20);
      expect(kept.length).toBeGreaterThanOrEqual(3 * acknowledged);
      expect(kept.length % 3).toBe(0);
    }
    expect((await set(store, 'after', 'x')).kind).toBe('committed');
  }, 30_000);

  it('goes on where a process died in the middle of a line', async () => {
    const of = folder();
    const store = sharedFolder({ folder: of });
    await set(store, 'a', 'kept');
    await appendFile(journal(of), '0123456789abcdef [{"key":"a","value":"lo');
    const next = sharedFolder({ folder: of });
    expect(await valueOf(next, 'a')).toBe('kept');
    await set(next, 'b', 'added');
    expect([await valueOf(store, 'a'), await valueOf(store, 'b')]).toEqual(['kept', 'added']);
    expect(await readFile(journal(of), 'utf8')).not.toContain('"lo');
  });

  it('keeps its file small, whatever was overwritten, and others read on', async () => {
    const of = folder();
    const [store, other] = [sharedFolder({ folder: of }), sharedFolder({ folder: of })];
    await set(store, 'kept', 'x');
    expect(await valueOf(other, 'kept')).toBe('x');
    let version: string | undefined;
    for (let round = 0; round < 30; round += 1) {
      const outcome = await set(store, 'large', `${round}`.repeat(100_000), version);
      version = outcome.kind === 'committed' ? outcome.version : undefined;
    }
    expect((await stat(journal(of))).size).toBeLessThan(1_500_000);
    expect([await valueOf(other, 'kept'), (await valueOf(other, 'large'))?.length]).toEqual(['x', 200_000]);
  });

  it.each([
    ['another text', 'not a store\n'],
    ['nothing', ''],
    ['another version', '{"version":2,"id":"01234567-89ab-cdef-0123-456789abcdef"}\n'],
  ])('refuses a file that holds %s, and leaves it as it is', async (_what, text) => {
    const of = folder();
    const store = sharedFolder({ folder: of });
    await set(store, 'a', 'x');
    await writeFile(journal(of), text);
    const damaged = [
      'ERR_STORE_UNAVAILABLE',
      'The store is unavailable: its file is damaged. Restore it, or take it away to begin anew. Nothing was done that depends on it.',
    ];
    expect(await refusal(valueOf(store, 'a'))).toEqual(damaged);
    expect(await refusal(set(store, 'b', 'x'))).toEqual(damaged);
    expect(await readFile(journal(of), 'utf8')).toBe(text);
  });

  it('refuses a file with a line that was changed', async () => {
    const of = folder();
    await set(sharedFolder({ folder: of }), 'state', 'pending');
    const text = await readFile(journal(of), 'utf8');
    await writeFile(journal(of), text.replace('pending', 'granted'));
    expect(await refusal(valueOf(sharedFolder({ folder: of }), 'state'))).toEqual([
      'ERR_STORE_UNAVAILABLE',
      expect.stringMatching(/^The store is unavailable: its file is damaged/),
    ]);
  });

  it('refuses to change what another process holds, and still reads it', async () => {
    const of = folder();
    const store = sharedFolder({ folder: of, waitFor: 50 });
    await set(store, 'a', 'x');
    await writeFile(`${journal(of)}.lock`, JSON.stringify({ process: 1, host: 'elsewhere', started: '' }));
    expect(await refusal(set(store, 'b', 'x'))).toEqual([
      'ERR_STORE_UNAVAILABLE',
      'The store is unavailable: another process holds its file. Nothing was done that depends on it.',
    ]);
    expect(await valueOf(store, 'a')).toBe('x');
  });
});
