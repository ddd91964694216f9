import { addFinding, type Findings } from './findings.ts';
import { outline } from './outline.ts';
import type { Search, Wanted } from './search.ts';

/** Longer texts are not searched, and treated as if something had been found: in characters. */
export const longestText = 1_000_000;

/** A search over one answer, and what it has found so far. */
export interface Searching {
  readonly search: Search;
  readonly findings: Findings;
}

interface Match {
  readonly start: number;
  readonly end: number;
  readonly wanted: Wanted;
}

/** The text without what was found, or with its kind in its place; the very text where nothing was. */
export function searchText(text: string, place: string, { search, findings }: Searching): string {
  if (text.length > longestText) {
    addFinding(findings, search.unsearched);
    return insteadOf(search.unsearched);
  }
  const matches = matchesIn(text, place, search);
  if (matches.length === 0) return text;
  const parts: string[] = [];
  let last = 0;
  for (const { start, end, wanted } of matches) {
    addFinding(findings, wanted);
    parts.push(text.slice(last, start), insteadOf(wanted));
    last = end;
  }
  return parts.join('') + text.slice(last);
}

const insteadOf = ({ action, kind }: Wanted): string => (action === 'replaceWithInfoType' ? `[${kind}]` : '');

/** In order, and without overlaps: what overlaps is one finding, of the kind that begins first. */
function matchesIn(text: string, place: string, { wanted }: Search): readonly Match[] {
  const traits = outline(text);
  const found: Match[] = [];
  for (const each of wanted) {
    if ((traits & each.finder.needs) !== each.finder.needs) continue;
    each.finder.find(text, place, (start, end) => found.push({ start, end, wanted: each }));
  }
  return found.length < 2 ? found : withoutOverlaps(found);
}

function withoutOverlaps(found: readonly Match[]): readonly Match[] {
  const merged: Match[] = [];
  for (const match of found.toSorted((a, b) => a.start - b.start || b.end - a.end)) {
    const last = merged.at(-1);
    if (last === undefined || match.start >= last.end) merged.push(match);
    else if (match.end > last.end) merged[merged.length - 1] = { ...last, end: match.end };
  }
  return merged;
}
