import { spawn } from 'node:child_process';
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isGuardError } from '../../src/errors.ts';
import { fileBudgets, memoryBudgets, type ReserveRequest } from '../../src/store/index.ts';
import { testBudgetStore } from '../../src/testing/index.ts';
import { delayed } from './delayed-store.ts';

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'budgets-'));
});

afterAll(() => rm(folder, { recursive: true }));

const now = new Date('2026-03-01T12:00:00Z');
const limit = 1_000n;

function request(id: string, amount = 1n): ReserveRequest {
  const until = new Date('2026-03-02T12:00:00Z');
  const claim = { counter: 'shared', amount, limit, hold: 'charge', counterExpiresAt: until } as const;
  return { id, expiresAt: until, claims: [claim] };
}

async function refusal(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return isGuardError(error) ? [error.guardCode, error.message] : error;
  }
  return 'not refused';
}

testBudgetStore('memory', async () => memoryBudgets(), { describe, expect, it });
testBudgetStore('a file', async () => fileBudgets({ file: join(folder, 'contract', 'budgets.json') }), {
  describe,
  expect,
  it,
});

testBudgetStore('a store that delays', async () => delayed(memoryBudgets()), { describe, expect, it });

describe('a budget file', () => {
  it('is there again for the next process, and belongs to its user alone', async () => {
    const file = join(folder, 'kept.json');
    const first = fileBudgets({ file });
    await first.reserve(request('a', 10n), now);
    await first.name('a', 'job', now);
    await first.settle('a', { shared: 7n }, now);
    await first.reserve(request('b', 5n), now);
    await first.name('b', 'job', now);
    await first.close?.();
    const second = fileBudgets({ file });
    expect(await second.read('shared', now)).toEqual({ spent: 7n, held: 5n });
    expect((await second.find('job', now))?.id).toBe('b');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await readdir(folder)).filter((name) => name.startsWith('kept'))).toEqual(['kept.json']);
  });

  it('shared by two processes never gives out more than there is', async () => {
    const file = join(folder, 'shared.json');
    const program = `
      import { fileBudgets } from ${JSON.stringify(new URL('../../src/store/index.ts', import.meta.url).href)};
      const store = fileBudgets({ file: ${JSON.stringify(file)} });
      const until = new Date('2026-03-02T12:00:00Z');
      const now = new Date('2026-03-01T12:00:00Z');
      let taken = 0;
      for (let round = 0; round < 30; round += 1) {
        const outcomes = await Promise.all(Array.from({ length: 25 }, (_, index) => store.reserve({
          id: \`\${process.pid}-\${round}-\${index}\`, expiresAt: until,
          claims: [{ counter: 'shared', amount: 1n, limit: 1000n, hold: 'charge', counterExpiresAt: until }],
        }, now)));
        taken += outcomes.filter(({ kind }) => kind === 'reserved').length;
      }
      console.log(taken);`;
    const run = (): Promise<number> =>
      new Promise((resolve) => {
        const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        let output = '';
        child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)));
        child.on('close', () => resolve(Number(output)));
      });
    const taken = await Promise.all([run(), run()]);
    expect(taken[0] + taken[1]).toBe(1_000);
    expect(await fileBudgets({ file }).read('shared', now)).toEqual({ spent: 0n, held: 1_000n });
  }, 30_000);

  it.each([
    ['nothing', ''],
    ['half of one', '{"version":1,"counters":[{"name":"shared","sp'],
    ['another version', '{"version":2,"counters":[],"leases":[]}'],
    ['no lists', '{"version":1}'],
    [
      'a negative amount',
      '{"version":1,"counters":[{"name":"shared","spent":"-5","expiresAt":"2026-03-02T12:00:00Z"}],"leases":[]}',
    ],
    [
      'a number for an amount',
      '{"version":1,"counters":[{"name":"shared","spent":5,"expiresAt":"2026-03-02T12:00:00Z"}],"leases":[]}',
    ],
    [
      'a time that is none',
      '{"version":1,"counters":[{"name":"shared","spent":"5","expiresAt":"soon"}],"leases":[]}',
    ],
  ])('that holds %s refuses, and stays as it is', async (_what, text) => {
    const file = join(folder, 'damaged.json');
    await writeFile(file, text);
    expect(await refusal(fileBudgets({ file }).reserve(request('a'), now))).toEqual([
      'ERR_COST_UNAVAILABLE',
      'The budget file is unavailable: it is damaged. Restore it, or take it away to begin anew. Without it no call that a budget covers is made.',
    ]);
    expect(await readFile(file, 'utf8')).toBe(text);
  });

  it('that another process holds refuses after a while', async () => {
    const file = join(folder, 'held.json');
    // Process 1 of another machine: nobody can tell whether it lives.
    await writeFile(`${file}.lock`, JSON.stringify({ process: 1, host: 'elsewhere', started: '' }));
    expect(await refusal(fileBudgets({ file, waitFor: 50 }).reserve(request('a'), now))).toEqual([
      'ERR_COST_UNAVAILABLE',
      'The budget file is unavailable: another process holds it. Without it no call that a budget covers is made.',
    ]);
  });

  it('in a place where no file can be refuses without naming the path', async () => {
    const file = join(folder, 'kept.json', 'under-a-file.json');
    expect(await refusal(fileBudgets({ file }).reserve(request('a'), now))).toEqual([
      'ERR_COST_UNAVAILABLE',
      expect.stringMatching(/^The budget file is unavailable: it cannot be locked \(E\w+\)\. Without it/),
    ]);
  });
});
