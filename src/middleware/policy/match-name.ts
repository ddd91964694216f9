/**
 * Matches a dotted name against a pattern: `*` stands for any characters within one segment, a segment
 * `**` for any number of segments. A `*` in the name itself (a wildcard table) is matched only by a `*` of
 * the pattern, so a pattern that matches holds for every table that the name can stand for.
 */
export function matchesName(pattern: Pattern, segments: readonly string[]): boolean {
  return matchSegments(segmentsOf(pattern), segments, matchSegment);
}

/** True when some name that `segments` can stand for (a wildcard table stands for many) matches the pattern. */
export function mayMatchName(pattern: Pattern, segments: readonly string[]): boolean {
  return matchSegments(segmentsOf(pattern), segments, overlaps);
}

/** As it is written, or already split at the dots. */
type Pattern = string | readonly string[];

const segmentsOf = (pattern: Pattern): readonly string[] =>
  typeof pattern === 'string' ? pattern.split('.') : pattern;

type SegmentMatch = (pattern: string, segment: string) => boolean;

function matchSegments(
  pattern: readonly string[],
  segments: readonly string[],
  match: SegmentMatch,
): boolean {
  if (!pattern.includes('**')) {
    return (
      pattern.length === segments.length && pattern.every((part, index) => match(part, segments[index] ?? ''))
    );
  }
  // reach[j]: the patterns so far match the first j segments
  let reach = segments.map(() => false);
  reach = [true, ...reach];
  for (const part of pattern) {
    const next = reach.map(() => false);
    for (let j = 0; j < reach.length; j += 1) {
      if (part === '**') next[j] = reach[j] === true || (j > 0 && next[j - 1] === true);
      else if (j > 0) next[j] = reach[j - 1] === true && match(part, segments[j - 1] ?? '');
    }
    reach = next;
  }
  return reach.at(-1) === true;
}

function matchSegment(pattern: string, text: string): boolean {
  if (pattern === '*' || !pattern.includes('*')) return pattern === '*' || pattern === text;
  let reach = [true, ...Array.from(text, () => false)];
  const characters = Array.from(text);
  for (const symbol of pattern) {
    const next = reach.map(() => false);
    for (let j = 0; j < reach.length; j += 1) {
      if (symbol === '*') next[j] = reach[j] === true || (j > 0 && next[j - 1] === true);
      else if (j > 0) next[j] = reach[j - 1] === true && characters[j - 1] === symbol;
    }
    reach = next;
  }
  return reach.at(-1) === true;
}

/** Whether two texts with `*` have a text in common. */
function overlaps(left: string, right: string): boolean {
  if (!right.includes('*')) return matchSegment(left, right);
  if (!left.includes('*')) return matchSegment(right, left);
  const a = Array.from(left);
  const b = Array.from(right);
  const reach = Array.from({ length: a.length + 1 }, () => Array.from({ length: b.length + 1 }, () => false));
  for (let i = 0; i <= a.length; i += 1) {
    for (let j = 0; j <= b.length; j += 1) {
      const row = reach[i];
      if (row === undefined) continue;
      if (i === 0 && j === 0) row[j] = true;
      else if (i > 0 && a[i - 1] === '*' && reach[i - 1]?.[j] === true) row[j] = true;
      else if (j > 0 && b[j - 1] === '*' && row[j - 1] === true) row[j] = true;
      else if (i > 0 && j > 0) {
        const both = reach[i - 1]?.[j - 1] === true;
        const same = a[i - 1] === b[j - 1];
        const starA = a[i - 1] === '*' && row[j - 1] === true;
        const starB = b[j - 1] === '*' && reach[i - 1]?.[j] === true;
        row[j] = (both && same) || starA || starB;
      }
    }
  }
  return reach[a.length]?.[b.length] === true;
}
