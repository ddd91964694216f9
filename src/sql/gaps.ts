import type { Range } from './ast/node.ts';

/** Why a part of the text could not be proved. The list is closed and documented in `docs/sql.md`. */
export type GapCode =
  | 'syntax' // the text is not GoogleSQL as far as we can tell
  | 'lexer' // a character or literal that two readers could take differently
  | 'misread' // the token streams of lexer and tree disagree
  | 'unsupported' // a construct that is GoogleSQL but not analysed
  | 'limit' // size, tokens, nesting
  | 'unknown-table'
  | 'unknown-column'
  | 'unknown-routine'
  | 'ambiguous-name'
  | 'dynamic-sql'
  | 'model' // ML.*, AI.* and other model functions
  | 'view-depth'
  | 'catalog'; // the catalog did not answer, or answered nonsense

/** What could not be proved, and where. A statement with a gap is refused unless an option says otherwise. */
export interface Gap {
  readonly code: GapCode;
  readonly message: string;
  readonly range: Range;
}
