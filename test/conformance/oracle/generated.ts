/** Statements of a grammar, compared with the independent analyser. */
import fc from 'fast-check';
import { analyse } from '../../../src/sql/index.ts';
import type { Gap } from '../../../src/sql/index.ts';
import { difference, ours, theirs, union } from './claims.ts';
import { catalog, defaultDataset } from './grammar/shop.ts';
import { statement } from './grammar/statement.ts';
import type { Claims } from './claims.ts';
import type { Oracle } from './oracle.ts';

export type Numbers = readonly number[];

export interface Compared {
  readonly sql: string;
  /** `missed`: less than the analyser says; `more`: more; `accepted`: understood, while it finds an error; `broken`: the
   * rewritten text has an error, so that it does not run. */
  readonly verdict: 'invalid' | 'accepted' | 'refused' | 'missed' | 'more' | 'equal' | 'unchanged' | 'broken';
  /** What was missed, what there is too much, the gaps, or the analyser's error. */
  readonly words: readonly string[];
}

const numbers: fc.Arbitrary<number[]> = fc.array(fc.nat(0xffff), { size: 'max', maxLength: 400 });

export function sample(seed: number, runs: number): readonly Numbers[] {
  return fc.sample(numbers, { seed, numRuns: runs });
}

/** Ours has to hold all that the analyser says, also when views are written as what they stand for. */
export async function compare(from: Numbers, oracle: Oracle): Promise<Compared> {
  const sql = statement(from);
  const inlined = statement(from, true);
  const answers = await Promise.all(
    (inlined === sql ? [sql] : [sql, inlined]).map((each) =>
      oracle.ask({ sql: each, defaultDataset: 'p.shop' }),
    ),
  );
  const failed = answers.find((answer) => answer.ok === false);
  if (failed !== undefined) return { sql, verdict: 'invalid', words: [failed.error ?? ''] };
  const { facts } = await analyse(sql, { catalog, project: 'p', defaultDataset });
  if (facts.gaps.length > 0) return { sql, verdict: 'refused', words: facts.gaps.map(gapText) };
  const truth = answers.map(theirs);
  const missed = truth.flatMap((each, index) => difference(index === 0 ? each : used(each), ours(facts)));
  if (missed.length > 0) return { sql, verdict: 'missed', words: missed };
  const more = difference(ours(facts), truth.reduce(union));
  return { sql, verdict: more.length > 0 ? 'more' : 'equal', words: more };
}

/** What a view reads beyond the columns that are taken of it is of no account. */
const used = (claims: Claims): Claims => ({ ...claims, columns: new Set() });

export const gapText = (gap: Gap): string => `${gap.code}: ${gap.message}`;

/** The smallest list near this one that has the same verdict. */
export async function shrink(from: Numbers, judge: (from: Numbers) => Promise<Compared>): Promise<Compared> {
  let found = await judge(from);
  for (let lists = smallerLists(from), tries = 600; tries > 0 && lists.length > 0; tries -= 1) {
    const [list = [], ...others] = lists;
    const next = await judge(list);
    const smaller = next.verdict === found.verdict && next.sql.length < found.sql.length;
    if (smaller) found = next;
    lists = smaller ? smallerLists(list) : others;
  }
  return found;
}

/** Without a stretch, or with one of zeros, longest first. */
function smallerLists(list: readonly number[]): readonly number[][] {
  const lists: number[][] = [];
  for (let size = Math.ceil(list.length / 2); size > 0; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let start = 0; start < list.length; start += size) {
      lists.push(list.toSpliced(start, size));
      if (list.slice(start, start + size).some((each) => each !== 0)) {
        lists.push(list.map((each, index) => (index >= start && index < start + size ? 0 : each)));
      }
    }
  }
  return lists;
}
