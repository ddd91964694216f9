/**
 * Asks an independent analyser about three kinds of statements, and prints for each how many are refused, equal,
 * or wrong. `generated`: a grammar's statements; wrong is a table, column or influence that is missed. `fuzz`: mutated
 * statements; wrong is the same. `rewrite`: masks that change nothing; `masks`: real ones; wrong is another column or type.
 *
 *     npm run conformance:oracle -- [--runs 400] [--seed 1] [--only generated] [--list missed] [--top 5]
 *
 * `--seed random` takes another one each time, and prints it. Ends with 1 if anything is wrong, or too few are equal.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { builtOracle } from './oracle/build.ts';
import { catalogsFile, corpus, settings } from './oracle/corpus.ts';
import { compareText, mutated } from './oracle/fuzz.ts';
import { compare, sample, shrink } from './oracle/generated.ts';
import type { Compared, Numbers } from './oracle/generated.ts';
import { catalog, defaultDataset, oracleCatalog } from './oracle/grammar/shop.ts';
import { statement } from './oracle/grammar/statement.ts';
import { compareRewritten, real, unchanging, type MasksOf } from './oracle/rewritten.ts';
import { openOracle } from './oracle/oracle.ts';
import type { Oracle, Question } from './oracle/oracle.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '400' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    list: { type: 'string', default: 'missed' },
    top: { type: 'string', default: '5' },
    oracle: { type: 'string' },
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
const shop = openOracle(binary, ['--catalog', catalogFile]);
const others = corpus();
const corpusOracle = others.length === 0 ? undefined : openOracle(binary, ['--catalogs', catalogsFile]);
const optionsOf = settings();
const shopOptions = { catalog, project: 'p', defaultDataset };

const runs = Number(values.runs);
const seeds = [values.seed === 'random' ? Date.now() % 1_000_000 : Number(values.seed)];

interface Kind {
  readonly name: string;
  readonly seeded: boolean;
  /** The least share of what is understood that must be equal. */
  readonly floor: number;
  readonly cases: (seed: number) => readonly Numbers[];
  readonly judge: (numbers: Numbers, seed: number) => Promise<Compared>;
}

const ofShop = (numbers: Numbers): Question => ({ sql: statement(numbers), defaultDataset: 'p.shop' });
const ownStatements: readonly Question[] = sample(0, 300).map(ofShop);

const mutatedOf =
  (statements: readonly Question[], oracle: Oracle, isShop: boolean): Kind['judge'] =>
  async (numbers) => {
    const question = mutated(numbers, statements);
    if (question === undefined) throw new Error('There are no statements to mutate.');
    return compareText(question, isShop ? shopOptions : optionsOf(question), oracle);
  };

const ofCorpus =
  (masksOf: MasksOf, oracle: Oracle): Kind['judge'] =>
  async ([index = 0]) => {
    const question = others[index];
    if (question === undefined) throw new Error('There is no such statement.');
    return compareRewritten(question, optionsOf(question), oracle, masksOf);
  };

const kinds: readonly Kind[] = [
  {
    name: 'generated',
    seeded: true,
    floor: 0.95,
    cases: (seed) => sample(seed, runs),
    judge: (numbers) => compare(numbers, shop),
  },
  {
    name: 'rewrite of generated',
    seeded: true,
    floor: 0,
    cases: (seed) => sample(seed, Math.ceil(runs / 3)),
    judge: (numbers) => compareRewritten(ofShop(numbers), shopOptions, shop, unchanging),
  },
  {
    name: 'masks of generated',
    seeded: true,
    floor: 0,
    cases: (seed) => sample(seed, Math.ceil(runs / 3)),
    judge: (numbers) => compareRewritten(ofShop(numbers), shopOptions, shop, real),
  },
  {
    name: 'fuzz of generated',
    seeded: true,
    floor: 0,
    cases: (seed) => sample(seed, runs),
    judge: mutatedOf(ownStatements, shop, true),
  },
  ...(corpusOracle === undefined
    ? []
    : [
        {
          name: 'rewrite of corpus',
          seeded: false,
          floor: 0,
          cases: () => others.map((_, index) => [index]),
          judge: ofCorpus(unchanging, corpusOracle),
        },
        {
          name: 'masks of corpus',
          seeded: false,
          floor: 0,
          cases: () => others.map((_, index) => [index]),
          judge: ofCorpus(real, corpusOracle),
        },
        {
          name: 'fuzz of corpus',
          seeded: true,
          floor: 0,
          cases: (seed: number) => sample(seed, runs),
          judge: mutatedOf(others, corpusOracle, false),
        },
      ]),
];

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** True when all is well. */
async function run(kind: Kind, seed: number): Promise<boolean> {
  const found: { readonly numbers: Numbers; readonly compared: Compared }[] = [];
  for (const numbers of kind.cases(seed)) found.push({ numbers, compared: await kind.judge(numbers, seed) });
  const of = (verdict: Compared['verdict']): typeof found =>
    found.filter(({ compared }) => compared.verdict === verdict);
  const count = (verdict: Compared['verdict']): number => of(verdict).length;
  const valid = found.length - count('invalid') - count('accepted');
  const understood = valid - count('refused');
  const equal = count('equal') + count('unchanged');
  console.log(
    `${kind.name}${kind.seeded ? `, seed ${seed}` : ''}: ${found.length} statements, valid ${valid}  refused ${count('refused')} (${share(count('refused'), valid)})  wrong ${count('missed')}  rewritten into an error ${count('broken')}${kind.floor > 0 ? `  equal ${equal} (${share(equal, understood)})` : ''}  accepted with an error in it ${count('accepted')}`,
  );
  for (const { numbers } of of(values.list as Compared['verdict']).slice(0, Number(values.top))) {
    const { sql, words } = await shrink(numbers, (each) => kind.judge(each, seed));
    console.log(`${JSON.stringify(sql)}\n    ${words.slice(0, 5).join('; ')}`);
  }
  return count('missed') === 0 && count('broken') <= 1 + 0.01 * valid && equal >= kind.floor * understood;
}

let well = true;
for (const kind of kinds.filter((each) => each.name.includes(values.only ?? ''))) {
  for (const seed of kind.seeded ? seeds : [0]) well = (await run(kind, seed)) && well;
}
await shop.close();
await corpusOracle?.close();
process.exitCode = well ? 0 : 1;
