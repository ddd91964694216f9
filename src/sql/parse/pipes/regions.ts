import { skipTo } from '../holes/scan.ts';
import { keywordAt, tokenAt, type Source } from '../source.ts';

/** Where the body of a pipe query starts; undefined if the tokens are no pipe query. */
export const pipeBody = (source: Source, from: number, to: number): number | undefined => {
  const body = afterWith(source, from, to);
  if (body >= to) return undefined;
  if (keywordAt(source, body) === 'FROM') return body;
  const pipe = skipTo(source, body, to, (keyword) => keyword === '|>' || keyword === ';');
  return keywordAt(source, pipe) === '|>' && pipe < to ? body : undefined;
};

/** The index after `WITH a AS (…), b AS (…)`, or the index itself where there is none. */
export const afterWith = (source: Source, from: number, to: number): number => {
  if (keywordAt(source, from) !== 'WITH' || keywordAt(source, from + 1) === '(') return from;
  let index = keywordAt(source, from + 1) === 'RECURSIVE' ? from + 2 : from + 1;
  while (index < to) {
    const open = skipTo(source, index, to, (keyword) => keyword === 'AS') + 1;
    if (open >= to || keywordAt(source, open) !== '(') return from;
    index = tokenAt(source, open).match + 1;
    if (keywordAt(source, index) !== ',') return index;
    index += 1;
  }
  return index;
};

export interface Region {
  readonly from: number;
  readonly to: number;
}

/** Statements without a body of others, one by one, through blocks, branches and loops. */
export const plainStatements = (source: Source, from: number, to: number): readonly Region[] => {
  const found: Region[] = [];
  let index = from;
  while (index < to) {
    const head = afterHead(source, index, to);
    if (head > index) {
      index = head;
      continue;
    }
    const end = skipTo(source, index, to, (keyword) => keyword === ';');
    const begin = procedureBody(source, index, end);
    if (begin === undefined) {
      if (end > index) found.push({ from: index, to: end });
      index = end + 1;
    } else index = begin;
  }
  return found;
};

/** The index after the words that open or close a body; the index itself at a plain statement. */
const afterHead = (source: Source, index: number, to: number): number => {
  const after = keywordAt(source, index + 1);
  switch (keywordAt(source, index)) {
    case ';':
    case 'ELSE':
    case 'LOOP':
    case 'REPEAT':
      return index + 1;
    case 'BEGIN':
      return after === 'TRANSACTION' || after === ';' || index + 1 >= to ? index : index + 1;
    case 'IF':
    case 'ELSEIF':
    case 'WHEN':
    case 'CASE':
    case 'EXCEPTION':
      return after === '(' && isCall(source, index) ? index : afterWord(source, index, to, 'THEN');
    case 'WHILE':
    case 'FOR':
      return afterWord(source, index, to, 'DO');
    case 'END':
    case 'UNTIL':
      return skipTo(source, index, to, (keyword) => keyword === ';');
    default:
      return after === ':' ? index + 2 : index;
  }
};

const isCall = (source: Source, index: number): boolean => keywordAt(source, index) === 'EXCEPTION';

/** Past the next THEN or DO that belongs to this statement and not to a CASE expression in it. */
const afterWord = (source: Source, index: number, to: number, word: string): number => {
  let cases = 0;
  const statement = keywordAt(source, index) === 'CASE';
  const found = skipTo(source, index + 1, to, (keyword, at) => {
    if (keyword === 'CASE') cases += 1;
    else if (keyword === 'END' && cases > 0) cases -= 1;
    return cases === 0 && keyword === word && (statement || at > index);
  });
  return found + 1;
};

/** The BEGIN of `CREATE PROCEDURE … BEGIN`. */
const procedureBody = (source: Source, from: number, to: number): number | undefined => {
  if (keywordAt(source, from) !== 'CREATE') return undefined;
  const procedure = skipTo(source, from, Math.min(to, from + 5), (keyword) => keyword === 'PROCEDURE');
  if (keywordAt(source, procedure) !== 'PROCEDURE') return undefined;
  const begin = skipTo(source, procedure, to, (keyword) => keyword === 'BEGIN');
  return begin < to ? begin : undefined;
};

export const startsQuery = (keyword: string): boolean =>
  keyword === 'SELECT' || keyword === 'WITH' || keyword === 'FROM' || keyword === '(';

/** Where the query of a statement starts: the whole of it, what follows AS, or what an INSERT takes. */
export const queryStart = (source: Source, { from, to }: Region): number | undefined => {
  const first = keywordAt(source, from);
  if (startsQuery(first)) return from;
  if (first === 'INSERT') {
    const found = skipTo(source, from + 1, to, (keyword) => keyword !== '(' && startsQuery(keyword));
    return found < to ? found : undefined;
  }
  if (first !== 'CREATE' && first !== 'EXPORT' && first !== 'ALTER') return undefined;
  const as = skipTo(
    source,
    from,
    to,
    (keyword, index) => keyword === 'AS' && startsQuery(keywordAt(source, index + 1)),
  );
  return as < to ? as + 1 : undefined;
};
