import { createRequire } from 'node:module';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import type { parse as Parse, ParserOptions } from 'sql-parser-cst';
import { analyse, maskSources } from '../../../src/sql/index.ts';
import type { Analysis } from '../../../src/sql/index.ts';
import { lex } from '../../../src/sql/lexer/index.ts';
import { bombs, scripts, wide } from './large.ts';
import { medians, report } from './measure.ts';
import { catalog, masks, queries } from './tpch.ts';

/**
 * `npm run bench -- sql`: the analysis against `sql-parser-cst` alone on the same text in the same run. Each run of a
 * query has other blanks, so that no cache knows it or what the parser gets to see of it; what the catalog said is known.
 */
const quick = process.argv.includes('quick');
const { parse }: { readonly parse: typeof Parse } = createRequire(import.meta.url)('sql-parser-cst');
const parserOptions: ParserOptions = {
  dialect: 'bigquery',
  includeRange: true,
  paramTypes: ['?', '@name', '@`name`'],
};
const options = { catalog, project: 'bench' };

let texts = 0;

/** The number of the text in blanks, after the first word. */
function fresh(query: string): string {
  const digits = (texts += 1).toString(2).padStart(20, '0');
  return query.replace(/\s/, digits.replaceAll('0', ' ').replaceAll('1', '\n'));
}

/** On the rewrites: every table that people appear in is masked. */
async function newQueries(): Promise<void> {
  const ratios = { lex: new Array<number>(), plain: new Array<number>(), masked: new Array<number>() };
  for (const query of queries) {
    const { parsed, lexed, plain, masked } = await medians(quick ? 40 : 120, {
      parsed: () => parse(fresh(query), parserOptions),
      lexed: () => lex(fresh(query)),
      plain: () => analyse(fresh(query), options),
      masked: async () => maskSources(await analyse(fresh(query), options), masks),
    });
    ratios.lex.push((100 * lexed) / parsed);
    ratios.plain.push(plain / parsed);
    if (await isRewritten(query)) ratios.masked.push(masked / parsed);
  }
  report('TPC-H: lexer and limits', ratios.lex, 5, '% of the parser');
  report('TPC-H: analysis of a new query', ratios.plain, 1.6, 'x the parser');
  report(`TPC-H: and masked (${ratios.masked.length} queries)`, ratios.masked, 2.8, 'x the parser');
}

async function isRewritten(query: string): Promise<boolean> {
  return (await maskSources(await analyse(query, options), masks)).text !== query;
}

async function seenQueries(): Promise<void> {
  const each = 200;
  const times = new Array<number>();
  for (const query of queries) {
    await analyse(query, options);
    const { seen } = await medians(30, {
      async seen() {
        for (let turn = 0; turn < each; turn += 1) await analyse(query, options);
      },
    });
    times.push((seen * 1000) / each);
  }
  report('TPC-H: a query seen before', times, 5, 'µs');
}

/** Needs `--expose-gc`. Two sizes, so that what is there once is not counted: the last 200 are kept as objects. */
async function memory(): Promise<void> {
  const { gc } = globalThis;
  if (gc === undefined) throw new Error('Run with --expose-gc.');
  const sizes = [];
  for (const count of [250, 5_250]) {
    const owner = {};
    const before = await heap(gc);
    for (let number = 0; number < count; number += 1)
      await analyse(fresh(queries[number % queries.length] ?? ''), { ...options, memory: owner });
    sizes.push({ count, bytes: (await heap(gc)) - before });
    // Only now may it be collected.
    Reflect.ownKeys(owner);
  }
  const [small, large] = sizes;
  if (small === undefined || large === undefined) return;
  const perEntry = (large.bytes - small.bytes) / (large.count - small.count) / 1024;
  report('Memory of a cached analysis', [perEntry], 2, 'KiB');
}

async function heap(gc: NodeJS.GCFunction): Promise<number> {
  for (let turn = 0; turn < 4; turn += 1) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return process.memoryUsage().heapUsed;
}

/** How long the event loop stands still, at most, while a text of 1 MB is analysed. */
async function largeTexts(): Promise<void> {
  for (const [name, text] of Object.entries(scripts(quick ? 200_000 : 1_000_000))) {
    const delay = monitorEventLoopDelay({ resolution: 5 });
    delay.enable();
    await new Promise((resolve) => setTimeout(resolve, 50));
    delay.reset();
    await analyse(text, options);
    delay.disable();
    report(`${name}, ${Math.round(text.length / 1000)} kB: longest pause`, [delay.max / 1e6], 50, 'ms');
  }
}

/** Twice the size may take twice the time, and a bit. */
async function growth(): Promise<void> {
  for (const [name, make] of Object.entries({ ...bombs, ...wide })) {
    const { text: small, options: few } = make(1);
    const { text: large, options: many } = make(2);
    const { once, twice } = await medians(quick ? 6 : 12, {
      once: () => analyse(fresh(small), { ...options, ...few }),
      twice: () => analyse(fresh(large), { ...options, ...many }),
    });
    report(`${name}: twice the size`, [twice / once], 2.6, 'x the time');
  }
}

function checked({ facts }: Analysis): void {
  if (facts.gaps.length > 0) throw new Error(`A query is not understood: ${facts.gaps[0]?.message}`);
}

for (const query of queries) checked(await analyse(query, options));
await newQueries();
await seenQueries();
await memory();
await largeTexts();
await growth();
