import { RE2JS } from 're2js';
import { boundedMap } from '../../sql/bounded-map.ts';
import type { Finder } from './finder.ts';

const mostInstructions = 5_000;

const known = boundedMap<string, RE2JS>(1000);

/**
 * Reads a pattern in the syntax of RE2, as BigQuery has it. RE2 needs time in proportion to the text, whatever
 * the pattern.
 * @throws {SyntaxError} where it is none, is too large, or fits everywhere.
 */
export function readPattern(pattern: string): RE2JS {
  const found = known.get(pattern);
  if (found !== undefined) return found;
  const made = compiled(pattern);
  if (made.programSize() > mostInstructions) throw new SyntaxError('the pattern is too large');
  if (made.test('')) throw new SyntaxError('the pattern fits a text without any character');
  known.set(pattern, made);
  return made;
}

function compiled(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : 'it cannot be read';
    throw new SyntaxError(`the pattern is not in the syntax of RE2: ${why}`, { cause });
  }
}

/** What fits a pattern of the policy. */
export function findPattern(pattern: string): Finder {
  const expression = readPattern(pattern);
  // With what every match must begin; empty where that is not one text.
  const { prefix }: { readonly prefix: unknown } = expression.re2();
  const start = typeof prefix === 'string' ? prefix : '';
  return {
    needs: 0,
    find(text, _place, report) {
      // Whether it fits anywhere is told ten times faster than where.
      if (!text.includes(start) || !expression.test(text)) return;
      const matcher = expression.matcher(text);
      while (matcher.find()) if (matcher.end() > matcher.start()) report(matcher.start(), matcher.end());
    },
  };
}
