import { told, type CallStory } from './call-story.ts';

type Cell = string | number | undefined;

/** What a spreadsheet shows of a call, column by column. */
const columns: readonly { readonly name: string; readonly of: (story: CallStory) => Cell }[] = [
  { name: 'time', of: ({ events }) => events[0]?.time },
  { name: 'call', of: ({ call }) => call },
  { name: 'principal', of: ({ events }) => events[0]?.principal?.id },
  { name: 'delegation', of: ({ events }) => events[0]?.principal?.delegation.join(' ') },
  { name: 'agent', of: ({ events }) => events[0]?.agent?.name },
  { name: 'model', of: ({ events }) => events[0]?.agent?.model },
  { name: 'session', of: ({ events }) => events[0]?.session ?? undefined },
  { name: 'operation', of: (story) => told(story, 'call.started')?.operation },
  { name: 'sql', of: (story) => told(story, 'call.started')?.sql?.text },
  { name: 'tables', of: (story) => told(story, 'decision.made')?.tables?.join(' ') },
  { name: 'effect', of: (story) => told(story, 'decision.made')?.effect },
  { name: 'rules', of: (story) => told(story, 'decision.made')?.rules.join(' ') },
  {
    name: 'masks',
    of: (story) =>
      told(story, 'decision.made')
        ?.masks.map(({ table, column, mask }) => `${table}.${column}:${mask}`)
        .join(' '),
  },
  { name: 'approved_by', of: approvers },
  { name: 'outcome', of: outcome },
  { name: 'rows', of: (story) => told(story, 'call.finished')?.rows },
  { name: 'bytes_billed', of: (story) => told(story, 'call.finished')?.bytesBilled },
  {
    name: 'duration_ms',
    of: (story) => (told(story, 'call.finished') ?? told(story, 'call.failed'))?.durationMs,
  },
  { name: 'job', of: ({ events }) => events.at(-1)?.job ?? undefined },
];

function approvers({ events }: CallStory): string {
  const votes = events.flatMap((event) =>
    event.type === 'approval.decided' && event.data.verdict === 'approve' ? [event.data.person] : [],
  );
  return votes.join(' ');
}

function outcome(story: CallStory): string {
  if (!story.ended) return 'unknown';
  const failed = told(story, 'call.failed');
  return failed === undefined ? 'finished' : `${failed.outcome} ${failed.code}`;
}

/** RFC 4180, with the names of the columns. */
export function csvHeader(): string {
  return line(columns.map(({ name }) => name));
}

export function csvOfCall(story: CallStory): string {
  return line(columns.map(({ of }) => of(story)));
}

const line = (cells: readonly Cell[]): string => `${cells.map(cell).join(',')}\r\n`;

/** Spreadsheets run what begins like a formula; an apostrophe makes it text, and SQL is written by anybody. */
function cell(value: Cell): string {
  if (value === undefined) return '';
  if (typeof value === 'number') return String(value);
  const text = /^[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
