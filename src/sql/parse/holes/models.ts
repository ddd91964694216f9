import type { CreateModel, Query, SelectItem } from '../../ast/index.ts';
import type { Region } from '../pipes/regions.ts';
import { readDataType, readQuery, readSelectItems } from '../read.ts';
import { refuse } from '../refusal.ts';
import { keywordAt, rangeOfTokens, tokenAt, type Source } from '../source.ts';
import { afterReplace, nameAfter, readClauses } from './object-statements.ts';
import { readName } from './paths.ts';
import { skipTo, splitAtCommas } from './scan.ts';

/** `CREATE MODEL m [TRANSFORM (…)] [INPUT (…) OUTPUT (…)] [REMOTE WITH CONNECTION c] [OPTIONS (…)] [AS query]`. */
export const createModel = (source: Source, { from, to }: Region): CreateModel => {
  const { path, next } = nameAfter(source, afterReplace(source, from) + 1);
  const as = skipTo(source, next, to, (keyword) => keyword === 'AS');
  const transform = transformAt(source, next);
  const rest =
    keywordAt(source, transform.next) === 'INPUT' ? pastSignature(source, transform.next) : transform.next;
  const remote = keywordAt(source, rest) === 'REMOTE' ? rest + 1 : rest;
  readClauses(source, remote, as, ['WITH CONNECTION', 'OPTIONS']);
  const data = as < to ? trainingData(source, as + 1, to) : [];
  return {
    type: 'createModel',
    name: path,
    queries: transform.items === undefined ? data : data.map(transformed(transform.items)),
    range: rangeOfTokens(source, from, to),
  };
};

const transformAt = (
  source: Source,
  index: number,
): { readonly items?: readonly SelectItem[]; readonly next: number } => {
  if (keywordAt(source, index) !== 'TRANSFORM') return { next: index };
  const { keyword, match } = tokenAt(source, index + 1);
  if (keyword !== '(') return refuse('syntax', 'TRANSFORM needs a list.', tokenAt(source, index));
  return { items: readSelectItems(source, index + 2, match), next: match + 1 };
};

/** What TRANSFORM makes of the training data is a SELECT over it. */
const transformed =
  (items: readonly SelectItem[]) =>
  (query: Query): Query => ({
    type: 'query',
    body: {
      type: 'select',
      distinct: false,
      items,
      from: { type: 'derivedTable', query, range: query.range },
      windows: [],
      range: query.range,
    },
    orderBy: [],
    desugared: true,
    range: query.range,
  });

/** Past `INPUT (a INT64) OUTPUT (b STRING)` of a remote model. */
const pastSignature = (source: Source, index: number): number => {
  const open = tokenAt(source, index + 1);
  if (open.keyword !== '(') return refuse('syntax', 'A list is expected.', open);
  for (const { from, to } of splitAtCommas(source, index + 2, open.match)) {
    readName(source, from, from + 1);
    readDataType(source, from + 1, to);
  }
  return keywordAt(source, open.match + 1) === 'OUTPUT'
    ? pastSignature(source, open.match + 1)
    : open.match + 1;
};

/** One query, or several with names: `(training_data AS (…), custom_holiday AS (…))`. */
const trainingData = (source: Source, from: number, to: number): readonly Query[] => {
  const { keyword, match } = tokenAt(source, from);
  const several = keyword === '(' && match === to - 1 && keywordAt(source, from + 2) === 'AS';
  if (!several) return [readQuery(source, from, to)];
  return splitAtCommas(source, from + 1, match).map((part) => {
    const open = tokenAt(source, part.from + 2);
    const whole =
      keywordAt(source, part.from + 1) === 'AS' && open.keyword === '(' && open.match === part.to - 1;
    if (!whole) return refuse('syntax', 'Training data needs a name and a query.', open);
    readName(source, part.from, part.from + 1);
    return readQuery(source, part.from + 3, part.to - 1);
  });
};
