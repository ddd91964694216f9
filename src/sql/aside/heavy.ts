import { defaultLimits } from '../limits.ts';

const longest = 10_000;
const deepest = 8;

/**
 * True for a text that may hold up the thread that reads it: the parser takes 2–4 ms per kilobyte, and for some
 * constructs several times as long with every level that they are nested. What is longer than the limit is refused
 * unread.
 */
export function isHeavy(text: string): boolean {
  if (text.length > defaultLimits.characters) return false;
  return text.length > longest || isDeep(text);
}

/** Brackets in literals and comments count too: it is an estimate from above. */
function isDeep(text: string): boolean {
  let depth = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === 40 || code === 91) depth += 1;
    else if ((code === 41 || code === 93) && depth > 0) depth -= 1;
    if (depth > deepest) return true;
  }
  return false;
}
