/**
 * Compares the analysis with what an independent analyser says of the same statements, and prints per
 * stratum how many are understood, refused with a gap, or wrong: a table or a source column was missed.
 *
 *     npm run conformance:sql -- --corpus FILE --catalogs FILE [--answers FILE] [--list wrong]
 *
 * Ends with 1 if anything is wrong, or if a share is below its floor.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { analyse, staticCatalog } from '../../src/sql/index.ts';
import type { Catalog, Facts, Gap, StaticCatalog } from '../../src/sql/index.ts';
import { difference, fullName, ours, theirs } from './oracle/claims.ts';
import type { Answer } from './oracle/claims.ts';

interface Case {
  readonly id: string;
  readonly stratum: string;
  readonly sql: string;
  readonly valid: boolean;
  readonly tables: readonly string[];
  readonly catalog?: string;
  readonly defaultDataset?: string;
}

type Verdict = 'understood' | 'refused' | 'wrong';

interface Judged {
  readonly item: Case;
  readonly verdict: Verdict;
  readonly compared: boolean;
  readonly equal: boolean;
  readonly missed: readonly string[];
  readonly extra: readonly string[];
  readonly gaps: readonly Gap[];
}

const folder = resolve(import.meta.dirname, '../../../shared/acceptance/sql');

const { values } = parseArgs({
  options: {
    corpus: { type: 'string', default: join(folder, 'corpus.jsonl') },
    catalogs: { type: 'string', default: join(folder, 'catalogs.json') },
    answers: { type: 'string', default: join(folder, 'answers.jsonl') },
    list: { type: 'string', default: '' },
  },
});

for (const file of [values.corpus, values.catalogs]) {
  if (existsSync(file)) continue;
  console.log(`${file} is not there, so nothing was compared.`);
  process.exit(process.env['CI'] === 'true' ? 1 : 0);
}

function linesOf(file: string): readonly string[] {
  return readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
}

function readCase(line: string): Case {
  const item: Case = JSON.parse(line);
  return item;
}

function readAnswer(line: string): Answer {
  const answer: Answer = JSON.parse(line);
  return answer;
}

function readCatalogs(file: string): Readonly<Record<string, StaticCatalog>> {
  const found: Readonly<Record<string, StaticCatalog>> = JSON.parse(readFileSync(file, 'utf8'));
  return found;
}

const corpus = linesOf(values.corpus).map(readCase);
// The independent analyser compares the names of tables without regard to letter case.
const catalogs = new Map(
  Object.entries(readCatalogs(values.catalogs)).map(([name, catalog]) => [
    name,
    staticCatalog({ ...catalog, caseInsensitive: true }),
  ]),
);
const answers = new Map(
  (existsSync(values.answers) ? linesOf(values.answers) : [])
    .map(readAnswer)
    .filter((each) => each.ok !== false)
    .map((each) => [each.id, each]),
);
const nothing: Catalog = staticCatalog({ tables: [] });

/** Without a schema these say nothing about how well a statement was understood. */
const schemaGaps = new Set<string>([
  'unknown-table',
  'unknown-column',
  'unknown-routine',
  'ambiguous-name',
  'catalog',
]);

async function judge(item: Case): Promise<Judged> {
  const [project = 'default', dataset] = (item.defaultDataset ?? '').split('.');
  const catalog = item.catalog === undefined ? nothing : (catalogs.get(item.catalog) ?? nothing);
  const defaultDataset = dataset === undefined ? undefined : { project, dataset };
  const { facts, references } = await analyse(item.sql, { catalog, project, defaultDataset });
  const gaps = facts.gaps.filter((gap) => item.catalog !== undefined || !schemaGaps.has(gap.code));
  const answer = answers.get(item.id);
  const aliases = new Set(references.filter((each) => each.hasAlias).map((each) => each.alias.toLowerCase()));
  const missed = [
    ...missedTables(item, facts, aliases),
    ...(answer === undefined || gaps.length > 0 ? [] : missedFacts(answer, facts)),
  ];
  const extra = answer === undefined || gaps.length > 0 ? [] : extraFacts(answer, facts);
  const verdict = gaps.length > 0 ? 'refused' : missed.length > 0 && item.valid ? 'wrong' : 'understood';
  const compared = answer !== undefined && gaps.length === 0;
  return {
    item,
    verdict,
    compared,
    equal: compared && missed.length === 0 && extra.length === 0,
    missed,
    extra,
    gaps,
  };
}

/** `t.array` in FROM, which the syntax alone does not tell from a table. */
function isArrayPath(name: string, aliases: ReadonlySet<string>): boolean {
  return aliases.has(name.split('.')[0]?.toLowerCase() ?? '');
}

function missedTables(item: Case, facts: Facts, aliases: ReadonlySet<string>): readonly string[] {
  const found = facts.tables.map((table) => fullName(table.name));
  return item.tables
    .map((name) => name.replace(/^_session\./i, ''))
    .filter((name) => !isArrayPath(name, aliases))
    .filter(
      (name) => !found.some((each) => each === name.toLowerCase() || each.endsWith(`.${name.toLowerCase()}`)),
    )
    .map((name) => `table ${name}`);
}

function missedFacts(answer: Answer, facts: Facts): readonly string[] {
  return difference(theirs(answer), ours(facts));
}

function extraFacts(answer: Answer, facts: Facts): readonly string[] {
  return difference(ours(facts), theirs(answer));
}

const judged: Judged[] = [];
const start = performance.now();
for (const item of corpus) judged.push(await judge(item));
const milliseconds = performance.now() - start;

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${((100 * part) / whole).toFixed(1)} %`;
}

/** Shares of valid statements, in per cent, that have to be understood. */
const floors: ReadonlyMap<string, number> = new Map([
  ['real', 98],
  ['feature', 93],
  ['pipe', 95],
  ['ddl', 92],
]);

let belowFloor = false;
for (const [stratum, group] of Map.groupBy(judged, ({ item }) => item.stratum)) {
  const valid = group.filter(({ item }) => item.valid);
  const of = (verdict: Verdict): number => valid.filter((each) => each.verdict === verdict).length;
  const accepted = group.filter((each) => !each.item.valid && each.verdict === 'understood').length;
  const understood = of('understood');
  const floor = floors.get(stratum) ?? 0;
  if (100 * understood < floor * valid.length) {
    belowFloor = true;
    process.stdout.write(`${stratum}: the floor is ${floor} %\n`);
  }
  process.stdout.write(
    `${stratum.padEnd(8)} valid ${valid.length}  understood ${understood} (${share(understood, valid.length)})  refused ${of('refused')}  wrong ${of('wrong')}  invalid accepted ${accepted}\n`,
  );
}
const compared = judged.filter((each) => each.compared);
const equal = compared.filter((each) => each.equal).length;
const wrong = judged.filter((each) => each.verdict === 'wrong');
process.stdout.write(
  `compared in full ${compared.length}, equal ${equal} (${share(equal, compared.length)}); ${(milliseconds / judged.length).toFixed(2)} ms a statement\n`,
);
const listed: readonly Judged[] =
  values.list === 'wrong'
    ? wrong
    : values.list === 'refused'
      ? judged.filter((each) => each.verdict === 'refused' && each.item.valid)
      : values.list === 'unequal'
        ? compared.filter((each) => !each.equal)
        : values.list === 'missed'
          ? judged.filter((each) => each.missed.length > 0 && each.item.valid)
          : [];
for (const { item, missed, extra, gaps } of listed) {
  const words = [
    ...missed.map((each) => `missed ${each}`),
    ...extra.map((each) => `extra ${each}`),
    ...gaps.map((gap) => `${gap.code}: ${gap.message}`),
  ];
  process.stdout.write(`${item.id} ${item.stratum}: ${words.slice(0, 6).join('; ')}\n`);
}
process.exitCode = wrong.length > 0 || belowFloor ? 1 : 0;
