import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { approvals } from './approval.ts';
import { policies } from './policy.ts';
import { rewrites } from './rewrite.ts';

/**
 * `npm run bench [-- quick] [-- masking]`: ratios of the guarded to the plain client, both measured in this run against
 * the same server; `masking` is the part about masks and detectors. Absolute times say little on a shared machine; read the ratios.
 */
if (process.argv.includes('sql')) {
  const words = process.argv.filter((word) => word === 'quick');
  execFileSync(
    process.execPath,
    ['--expose-gc', fileURLToPath(new URL('sql/index.ts', import.meta.url)), ...words],
    {
      stdio: 'inherit',
    },
  );
  process.exit(0);
}

const here = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const quick = process.argv.includes('quick');

if (process.argv.includes('approval')) {
  await approvals();
  process.exit();
}

if (process.argv.includes('policy')) {
  policies();
  process.exit();
}

const server = spawn(process.execPath, [here('server.ts'), '1'], { stdio: ['ignore', 'pipe', 'inherit'] });
const url = `http://127.0.0.1:${await firstLine()}`;

async function firstLine(): Promise<string> {
  for await (const line of createInterface({ input: server.stdout })) return line;
  throw new Error('The server did not start.');
}

function measure(...words: readonly string[]): Readonly<Record<string, number>> {
  const result: Record<string, number> = JSON.parse(
    execFileSync(process.execPath, [here('client.ts'), ...words, url], { encoding: 'utf8' }),
  );
  return result;
}

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

function report(name: string, ratios: readonly number[], limit: number): void {
  const middle = median(ratios);
  const range = `${Math.min(...ratios).toFixed(2)}–${Math.max(...ratios).toFixed(2)}`;
  const verdict = middle <= limit ? 'ok' : 'OVER';
  console.log(`${name.padEnd(52)} ${middle.toFixed(2)}x  [${range}]  goal ${limit}x  ${verdict}`);
}

function smallQueries(): void {
  for (const durability of ['before', 'overlapped']) {
    for (const [text, limit] of [
      ['seen', 1.5],
      ['new', 2.5],
    ] as const) {
      const runs = Array.from({ length: quick ? 1 : 3 }, () => measure('small', durability, text, '-'));
      const ratios = runs.map(({ plain = 1, guarded = 0 }) => guarded / plain);
      report(`small query, ${text} text, audit ${durability}`, ratios, limit);
    }
  }
}

function reads(rows: number, pairs: number): void {
  for (const form of ['query', 'stream']) {
    const runs = Array.from({ length: pairs }, () => ({
      plain: measure('read', 'plain', form, String(rows)),
      guarded: measure('read', 'guarded', form, String(rows)),
    }));
    const ratios = (name: string): readonly number[] =>
      runs.map(({ plain, guarded }) => (guarded[name] ?? 0) / (plain[name] ?? 1));
    report(`${rows.toLocaleString('en')} rows, ${form}, wall`, ratios('ms'), 1.1);
    report(`${rows.toLocaleString('en')} rows, ${form}, peak memory`, ratios('rss'), 1.1);
  }
}

interface Compared {
  readonly name: string;
  readonly rows: number;
  readonly pairs: number;
  /** Kinds of clients; see `client.ts`. */
  readonly base: string;
  readonly kind: string;
  readonly goals: Readonly<Record<string, number>>;
}

/** Ten columns, read by one client and another in turn. */
function compare({ name, rows, pairs, base, kind, goals }: Compared): void {
  for (const form of ['query', 'stream']) {
    const runs = Array.from({ length: pairs }, () => ({
      before: measure('people', base, form, String(rows)),
      after: measure('people', kind, form, String(rows)),
    }));
    for (const [figure, goal] of Object.entries(goals)) {
      const ratios = runs.map(({ before, after }) => (after[figure] ?? 0) / (before[figure] ?? 1));
      report(`${rows.toLocaleString('en')} x 10 ${name}, ${form}, ${figures[figure]}`, ratios, goal);
    }
  }
}

const figures: Readonly<Record<string, string>> = { ms: 'wall', cpu: 'CPU', rss: 'memory' };

function maskedReads(): void {
  compare({
    name: 'masked / plain',
    rows: quick ? 100_000 : 1_000_000,
    pairs: quick ? 1 : 3,
    base: 'plain',
    kind: 'masked',
    goals: { ms: 1.3, cpu: 1.3, rss: 1.1 },
  });
  for (const kind of ['searched', 'found']) {
    compare({
      name: `${kind} / unsearched`,
      rows: quick ? 100_000 : 300_000,
      pairs: quick ? 1 : 3,
      base: 'guarded',
      kind,
      goals: { ms: 1.3, cpu: 1.3 },
    });
  }
}

function timeOfRequire(target: string): number {
  const script = `const s = performance.now(); require(${JSON.stringify(target)}); console.log(performance.now() - s); process.exit(0)`;
  return Number(execFileSync(process.execPath, ['-e', script]));
}

/** The built package against the official one, each required in a fresh process. */
function imports(): void {
  const built = here('../../dist/index.cjs');
  const ratios = Array.from({ length: quick ? 3 : 9 }, () => {
    const official = timeOfRequire(here('../../node_modules/@google-cloud/bigquery'));
    return timeOfRequire(built) / official;
  });
  report('import', ratios, 1.2);
}

try {
  if (!process.argv.includes('masking')) {
    imports();
    smallQueries();
    reads(100_000, quick ? 1 : 3);
    if (!quick) reads(1_000_000, 3);
  }
  await rewrites(quick);
  maskedReads();
} finally {
  server.kill();
}
