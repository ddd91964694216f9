import { execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { policies } from './policy.ts';

/**
 * `npm run bench [-- quick]`: ratios of the guarded to the plain client, both measured in this run against the
 * same server. Absolute times say little on a shared machine; read the ratios.
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
  console.log(`${name.padEnd(44)} ${middle.toFixed(2)}x  [${range}]  goal ${limit}x  ${verdict}`);
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
  imports();
  smallQueries();
  reads(100_000, quick ? 1 : 3);
  if (!quick) reads(1_000_000, 3);
} finally {
  server.kill();
}
