/** The candidate that takes the fewest edits, if it is near enough to be what was meant. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  const measured = [...new Set(candidates)].map((candidate) => ({
    candidate,
    edits: editsBetween(word.toLowerCase(), candidate.toLowerCase()),
  }));
  return measured.filter(({ edits }) => edits <= limit).toSorted((a, b) => a.edits - b.edits)[0]?.candidate;
}

/** Levenshtein's distance, one row at a time. */
function editsBetween(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let index = 0; index < Math.min(from.length, 100); index += 1) {
    const next = [index + 1];
    for (let at = 0; at < to.length; at += 1) {
      const replaced = (row[at] ?? 0) + (to[at] === from[index] ? 0 : 1);
      next.push(Math.min(replaced, (row[at + 1] ?? 0) + 1, (next[at] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
