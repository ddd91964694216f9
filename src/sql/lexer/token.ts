import type { Range } from '../ast/node.ts';

export type TokenKind =
  | 'word' // an unquoted name or keyword
  | 'quoted' // a name in back-quotes
  | 'string'
  | 'bytes'
  | 'integer'
  | 'float'
  | 'parameter' // `@name`, `?`
  | 'systemVariable' // `@@name`
  | 'symbol'
  | 'hint'; // `@{…}`, `@1`

export interface Token extends Range {
  readonly kind: TokenKind;
  /**
   * What the token means: the unescaped name, the decoded characters of a string, one character
   * U+0000–U+00FF per byte of a bytes literal, the digits of a number as written, the name of a
   * parameter (empty for `?`).
   */
  readonly value: string;
  /** An unquoted word in upper case, a symbol as it is, empty for everything else. */
  readonly keyword: string;
  /** Index of the bracket that belongs to this one; -1 for other tokens. */
  match: number;
}

export interface Comment extends Range {
  readonly kind: 'comment';
}
