/**
 * Asks two guarded stand-ins, whose data differ only in what is masked, the same random statements. Wrong is whatever
 * lets a principal tell one from the other: outcome, schema, rows, their order, errors, dry run, pages, job.
 *
 *     npm run conformance:noninterference -- [--runs 1500] [--seed 1] [--list differs] [--top 5]
 *
 * `--seed random` takes another one each time, and prints it. Ends with 1 if anything differs.
 */
import { parseArgs } from 'node:util';
import { constantSecrets, partialSecrets } from './noninterference/data.ts';
import type { Secrets } from './noninterference/data.ts';
import { distinguishes, judge } from './noninterference/judge.ts';
import type { Judged } from './noninterference/judge.ts';
import { openSides } from './noninterference/sides.ts';
import { sample } from './oracle/generated.ts';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '1500' },
    seed: { type: 'string', default: '1' },
    list: { type: 'string', default: 'differs' },
    top: { type: 'string', default: '5' },
  },
});

const seed = values.seed === 'random' ? Date.now() % 1_000_000 : Number(values.seed);

/** True when no statement tells the sides apart. */
async function run(secrets: Secrets): Promise<boolean> {
  const sides = await openSides(secrets);
  const found: Judged[] = [];
  let telling = 0;
  for (const numbers of sample(seed, Number(values.runs))) {
    const judged = await judge(numbers, sides);
    found.push(judged);
    if (judged.verdict === 'equal' && (await distinguishes(judged.sql, sides))) telling += 1;
  }
  await sides.close();
  const of = (verdict: Judged['verdict']): readonly Judged[] =>
    found.filter((each) => each.verdict === verdict);
  console.log(
    `${secrets.name}, seed ${seed}: ${found.length} statements, ran ${of('equal').length}, of which ${telling} tell the sides apart without masks; refused ${of('refused').length}, failed alike ${of('failed').length}, unsteady ${of('unsteady').length}, different ${of('differs').length}`,
  );
  for (const { sql, words } of found
    .filter(({ verdict }) => verdict === values.list)
    .slice(0, Number(values.top)))
    console.log(`${sql}\n    ${words.join('\n    ')}`);
  return of('differs').length === 0;
}

const constant = await run(constantSecrets);
const partial = await run(partialSecrets);
process.exitCode = constant && partial ? 0 : 1;
