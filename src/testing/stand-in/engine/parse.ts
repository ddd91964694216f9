import { parse as parseSql } from '../../../sql/parse/index.ts';
import type { Script } from '../../../sql/ast/index.ts';
import { invalidQuery, unsupported } from './engine-error.ts';

/** The tree of a text. A gap means that the text is wrong or that we cannot read it: nothing runs then. */
export function parse(text: string): Script {
  const parsed = parseSql(text);
  const [gap] = parsed.gaps;
  if (gap !== undefined) {
    const before = text.slice(0, gap.range.start).split(/\r\n|\r|\n/);
    const position = ` at [${before.length}:${(before.at(-1)?.length ?? 0) + 1}]`;
    if (gap.code === 'unsupported' || gap.code === 'model' || gap.code === 'limit')
      throw unsupported(`this text: ${gap.message}${position}`);
    throw invalidQuery(`Syntax error: ${gap.message}${position}`);
  }
  if (parsed.script === undefined || parsed.script.statements.length === 0)
    throw invalidQuery('Syntax error: Unexpected end of script');
  return parsed.script;
}
