import { callStories, type CallStory } from '../../middleware/audit/forms/call-story.ts';
import { csvHeader, csvOfCall } from '../../middleware/audit/forms/csv.ts';
import { notebookOf } from '../../middleware/audit/forms/notebook.ts';
import { ocsfOfCall, type OcsfOptions } from '../../middleware/audit/forms/ocsf.ts';
import { fits, type StoryFilter } from '../../middleware/audit/forms/story-filter.ts';
import type { AuditEvent } from '../../middleware/audit/index.ts';
import { recordAt } from '../record-at.ts';
import { packageVersion } from '../package-version.ts';
import { storyFilter, type FilterOptions } from '../story-options.ts';

export interface ExportOptions extends FilterOptions {
  readonly form: 'jsonl' | 'csv' | 'ocsf' | 'ocsf-1.9' | 'notebook';
}

/** Prints the calls that fit in another form. */
export async function auditExport(path: string, options: ExportOptions): Promise<number> {
  const filter = storyFilter(options);
  for await (const text of exported(path, options.form, filter)) process.stdout.write(text);
  return 0;
}

async function* exported(
  path: string,
  form: ExportOptions['form'],
  filter: StoryFilter,
): AsyncGenerator<string> {
  const host: { name?: string } = {};
  const stories = fitting(noting(recordAt(path), host), filter);
  if (form === 'notebook') {
    const all: CallStory[] = [];
    for await (const story of stories) all.push(story);
    const title = filter.session === undefined ? 'Calls' : `Session ${filter.session}`;
    yield `${JSON.stringify(notebookOf(title, all), undefined, 1)}\n`;
    return;
  }
  if (form === 'csv') yield csvHeader();
  for await (const story of stories) yield textOf(story, form, host.name);
}

function textOf(story: CallStory, form: Exclude<ExportOptions['form'], 'notebook'>, host?: string): string {
  if (form === 'csv') return csvOfCall(story);
  if (form === 'jsonl') return story.events.map((event) => `${JSON.stringify(event)}\n`).join('');
  const version: OcsfOptions['version'] = form === 'ocsf' ? '1.8.0' : '1.9.0-dev';
  const event = ocsfOfCall(story, { version, productVersion: packageVersion(), host });
  return event === undefined ? '' : `${JSON.stringify(event)}\n`;
}

async function* fitting(events: AsyncIterable<AuditEvent>, filter: StoryFilter): AsyncGenerator<CallStory> {
  for await (const story of callStories(events)) if (fits(story, filter)) yield story;
}

/** Which machine wrote what follows. */
async function* noting(
  events: AsyncIterable<AuditEvent>,
  host: { name?: string },
): AsyncGenerator<AuditEvent> {
  for await (const event of events) {
    if (event.type === 'audit.opened') host.name = event.data.host;
    yield event;
  }
}
