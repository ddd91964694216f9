import { createHash } from 'node:crypto';
import type { Range } from './ast/node.ts';
import { reservedWords } from './lexer/index.ts';
import type { Token } from './lexer/index.ts';
import { assertNever } from './assert-never.ts';

/** SHA-256, hex, of the text as it is. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/**
 * SHA-256, hex, of the shape: what is left without literals, blanks, comments and the letter case of keywords.
 * In the names of tables letter case counts, whatever word they are made of: `FROM data` is not `FROM Data`.
 */
export function fingerprint(tokens: readonly Token[], tables: readonly Range[] = []): string {
  const ranges = tables.toSorted((a, b) => a.start - b.start);
  let at = 0;
  const shapes = tokens.map((token, index) => {
    while ((ranges[at]?.end ?? Infinity) <= token.start) at += 1;
    const isName = (ranges[at]?.start ?? Infinity) <= token.start || tokens[index - 1]?.keyword === '.';
    return shapeOf(token, tokens[index + 1], isName);
  });
  return createHash('sha256').update(shapes.join('\n'), 'utf8').digest('hex');
}

/** Keywords that GoogleSQL does not reserve; as names they would differ in letter case only. */
const keywords = new Set(
  `ADD ALTER ANALYZE BEGIN BREAK CALL CASCADE CLONE CLUSTER COLUMN COLUMNS COMMIT CONTINUE COPY CORRESPONDING CURRENT DATA DECLARE
  DELETE DO DROP ELSEIF EXCEPTION EXECUTE EXPORT EXTERNAL FIRST FUNCTION GRANT IMMEDIATE INSERT ITERATE LANGUAGE LAST LEAVE LOAD
  LOOP MATCHED MATERIALIZED NEXT OFFSET ONLY OPTIONS OVERWRITE PERCENT PIVOT POLICY PRIMARY PROCEDURE RAISE RENAME REPEAT REPLACE
  RETURN RETURNS REVOKE ROLLBACK ROW SCHEMA SNAPSHOT SOURCE STRICT SYSTEM SYSTEM_TIME TABLE TARGET TEMP TEMPORARY TRANSACTION
  TRUNCATE UNPIVOT UNTIL UPDATE USING VALUE VALUES VIEW WHILE`.split(/\s+/),
);

function shapeOf(token: Token, next: Token | undefined, isName: boolean): string {
  switch (token.kind) {
    case 'string':
    case 'bytes':
      return "'";
    case 'integer':
    case 'float':
      return '0';
    case 'quoted':
      return `\`${JSON.stringify(token.value)}`;
    case 'parameter':
      return `@${token.value}`;
    case 'systemVariable':
      return `@@${token.value.toLowerCase()}`;
    case 'hint':
      return '@{}';
    case 'symbol':
      return token.keyword;
    case 'word':
      return isName ? `w${token.value}` : wordShape(token, next);
    default:
      return assertNever(token.kind);
  }
}

function wordShape(token: Token, next: Token | undefined): string {
  if (token.keyword === 'TRUE' || token.keyword === 'FALSE') return 'TRUE';
  const isKeyword = reservedWords.has(token.keyword) || keywords.has(token.keyword) || next?.keyword === '(';
  return isKeyword ? token.keyword : `w${token.value}`;
}
