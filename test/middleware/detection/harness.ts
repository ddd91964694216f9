import type { DetectorRule } from '../../../src/middleware/detection/index.ts';
import { detectorNames } from '../../../src/middleware/detection/detector-rule.ts';
import { noFindings } from '../../../src/middleware/detection/findings.ts';
import { searchFor } from '../../../src/middleware/detection/search.ts';
import type { Searching } from '../../../src/middleware/detection/search-text.ts';
import { searchText } from '../../../src/middleware/detection/search-text.ts';

/** Everything that is built in, each shown by its name. */
export const everything: DetectorRule = {
  name: 'all',
  find: detectorNames,
  action: 'replaceWithInfoType',
};

export function searching(...rules: readonly DetectorRule[]): Searching {
  const search = searchFor(rules);
  if (search === undefined) throw new Error('there is no rule');
  return { search, findings: noFindings() };
}

export const shown = (text: string, place = '', rule: DetectorRule = everything): string =>
  searchText(text, place, searching(rule));

export const counted = ({ findings }: Searching): Readonly<Record<string, number>> =>
  Object.fromEntries(findings.counts);
