/** More differences than anybody reads are no help. */
const mostShown = 20;
const longest = 200;

/**
 * What is different between two texts, word by word: `1006 → 1007`. For queries of one shape, which differ in their
 * literals and blanks only, so most words are at the same place.
 */
export function textChanges(before: string, after: string): readonly string[] {
  const [old, fresh] = [words(before), words(after)];
  const start = sameFrom(old, fresh);
  const end = sameFrom(old.slice(start).toReversed(), fresh.slice(start).toReversed());
  const [removed, added] = [old.slice(start, old.length - end), fresh.slice(start, fresh.length - end)];
  if (removed.length !== added.length) return [change(removed.join(' '), added.join(' '))];
  const changes = removed.flatMap((word, index) => {
    const other = added[index] ?? '';
    return word === other ? [] : [change(word, other)];
  });
  if (changes.length <= mostShown) return changes;
  return [...changes.slice(0, mostShown), `… and ${changes.length - mostShown} more`];
}

/** Strings and comments are one word each, so that no blank in them counts as a place. */
function words(text: string): readonly string[] {
  return text.match(/'[^'\n]*'|"[^"\n]*"|[\p{L}\p{N}_.@]+|[^\s]/gu) ?? [];
}

function sameFrom(one: readonly string[], other: readonly string[]): number {
  const index = one.findIndex((word, place) => word !== other[place]);
  return index === -1 ? Math.min(one.length, other.length) : index;
}

function change(before: string, after: string): string {
  return `${cut(before)} → ${cut(after)}`;
}

const cut = (text: string): string => (text.length > longest ? `${text.slice(0, longest)}…` : text);
