/**
 * Asks an independent analyser about statements of a grammar, about mutated statements and about rewritten ones, and
 * prints where this analysis misses a table or column, claims more, or refuses.
 *
 *     npm run conformance:oracle -- [--runs 1000] [--seed 1] [--only generated] [--list missed]
 *
 * Without a seed it takes a fixed and a random one. Ends with 1 if anything is missed.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { builtOracle } from './oracle/build.ts';
import { compare, sample, shrink } from './oracle/generated.ts';
import type { Compared, Numbers } from './oracle/generated.ts';
import { oracleCatalog } from './oracle/grammar/shop.ts';
import { openOracle } from './oracle/oracle.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '600' },
    seed: { type: 'string' },
    only: { type: 'string' },
    list: { type: 'string', default: 'missed' },
    oracle: { type: 'string' },
    top: { type: 'string', default: '5' },
  },
});

const binary = values.oracle ?? builtOracle();
if (binary === undefined) {
  console.log('The independent analyser is not there, so nothing was compared.');
  process.exit(process.env['CI'] === 'true' ? 1 : 0);
}

const cache = resolve(import.meta.dirname, '../../.cache/oracle');
mkdirSync(cache, { recursive: true });
const catalogFile = join(cache, 'catalog.json');
writeFileSync(catalogFile, JSON.stringify(oracleCatalog));

const runs = Number(values.runs);
const seeds = values.seed === undefined ? [1, Date.now() % 1_000_000] : [Number(values.seed)];

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

async function generated(seed: number): Promise<number> {
  const oracle = openOracle(binary ?? '', ['--catalog', catalogFile]);
  const found: { readonly numbers: Numbers; readonly compared: Compared }[] = [];
  for (const numbers of sample(seed, runs)) found.push({ numbers, compared: await compare(numbers, oracle) });
  const of = (verdict: Compared['verdict']): typeof found =>
    found.filter(({ compared }) => compared.verdict === verdict);
  const valid = found.length - of('invalid').length;
  const understood = valid - of('refused').length;
  console.log(
    `generated, seed ${seed}: valid ${valid} of ${found.length}  refused ${of('refused').length} (${share(of('refused').length, valid)})  missed ${of('missed').length}  equal ${of('equal').length} (${share(of('equal').length, understood)})`,
  );
  const listed = found.filter(({ compared }) => compared.verdict === values.list);
  for (const { numbers } of listed.slice(0, Number(values.top))) {
    const { sql, words } = await shrink(numbers, oracle);
    console.log(`${sql}\n    ${words.slice(0, 5).join('; ')}`);
  }
  await oracle.close();
  return of('missed').length;
}

let missed = 0;
for (const seed of seeds) missed += await generated(seed);
process.exitCode = missed > 0 ? 1 : 0;
