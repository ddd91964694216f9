import { renderSafely } from '../../middleware/approval/render.ts';
import { callStories, told, type CallStory } from '../../middleware/audit/forms/call-story.ts';
import { fits } from '../../middleware/audit/forms/story-filter.ts';
import { recordAt } from '../record-at.ts';
import { storyFilter, type FilterOptions } from '../story-options.ts';

export interface SearchOptions extends FilterOptions {
  readonly json?: true;
}

/** Prints the calls that fit, a line each; 0 when there is one, 1 when there is none. */
export async function auditSearch(path: string, options: SearchOptions): Promise<number> {
  const filter = storyFilter(options);
  let found = 0;
  for await (const story of callStories(recordAt(path))) {
    if (!fits(story, filter)) continue;
    found += 1;
    console.log(options.json === true ? JSON.stringify(story) : summaryOf(story));
  }
  return found > 0 ? 0 : 1;
}

function summaryOf(story: CallStory): string {
  const [first] = story.events;
  const started = told(story, 'call.started');
  const decision = told(story, 'decision.made');
  const failed = told(story, 'call.failed');
  const rows = told(story, 'call.finished')?.rows;
  const outcome = !story.ended ? 'unfinished' : failed === undefined ? 'finished' : failed.outcome;
  return [
    first?.time ?? '',
    story.call,
    first?.principal?.id ?? '-',
    first?.agent?.name ?? '-',
    started?.operation ?? '-',
    decision?.effect ?? '-',
    rows === undefined ? outcome : `${outcome}, ${rows} rows`,
    oneLine(started?.sql?.text ?? decision?.tables?.join(' ') ?? ''),
  ]
    .map(renderSafely)
    .join('  ');
}

const longest = 200;

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}
