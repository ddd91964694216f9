export { lex, type Lexed } from './lexer.ts';
export { reservedWords } from './reserved.ts';
export type { Comment, Token, TokenKind } from './token.ts';
