import { told, type CallStory } from './call-story.ts';

interface Cell {
  readonly cell_type: 'markdown' | 'code';
  readonly id: string;
  readonly metadata: object;
  readonly source: string;
  readonly execution_count?: null;
  readonly outputs?: readonly object[];
}

/**
 * Calls as a Jupyter notebook (nbformat 4.5): what was asked, what the guard decided, and the SQL in cells that can be run again
 * by whoever may. https://nbformat.readthedocs.io/en/latest/format_description.html
 */
export function notebookOf(title: string, stories: readonly CallStory[]): object {
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: { language_info: { name: 'sql' }, title },
    cells: [markdown('title', `# ${inline(title)}`), ...stories.flatMap(cellsOf)],
  };
}

function cellsOf(story: CallStory): readonly Cell[] {
  const { call } = story;
  const sql = told(story, 'call.started')?.sql;
  const prompt = told(story, 'prompt.recorded')?.prompt;
  return [
    ...(prompt === undefined
      ? []
      : [markdown(`${call}-prompt`, quoted(prompt.text ?? `SHA-256 ${prompt.hash}`))]),
    markdown(`${call}-decision`, decisionOf(story)),
    ...(sql === undefined ? [] : [code(`${call}-sql`, sql.text ?? `-- SHA-256 ${sql.hash}`)]),
  ];
}

function decisionOf(story: CallStory): string {
  const [first] = story.events;
  const decision = told(story, 'decision.made');
  const failed = told(story, 'call.failed');
  const finished = told(story, 'call.finished');
  const votes = story.events.flatMap((event) =>
    event.type === 'approval.decided' ? [`${event.data.verdict} by ${event.data.person}`] : [],
  );
  const lines = [
    `${first?.time ?? ''} ${first?.principal?.id ?? 'unknown'}${first?.agent ? ` through ${first.agent.name}` : ''}`,
    decision && `Decision: ${decision.effect} (${decision.rules.join(', ') || 'no rule'})`,
    ...votes,
    ...(decision?.masks.map(({ table, column, mask }) => `Masked: ${table}.${column} by ${mask}`) ?? []),
    finished &&
      `Finished: ${finished.rows ?? 0} rows, ${finished.bytesBilled ?? 0} bytes billed, ${finished.durationMs} ms`,
    failed && `${failed.outcome}: ${failed.code}. ${failed.reasons.map(({ message }) => message).join(' ')}`,
  ];
  return lines.flatMap((line) => (line ? [`- ${inline(line)}`] : [])).join('\n');
}

function markdown(id: string, source: string): Cell {
  return { cell_type: 'markdown', id: cellId(id), metadata: {}, source };
}

function code(id: string, source: string): Cell {
  return { cell_type: 'code', id: cellId(id), metadata: {}, source, execution_count: null, outputs: [] };
}

/** 1–64 letters, digits, - and _. */
const cellId = (text: string): string => text.replaceAll(/[^\w-]/g, '-').slice(-64);

const quoted = (text: string): string =>
  text
    .split('\n')
    .map((line) => `> ${inline(line)}`)
    .join('\n');

/** What somebody else wrote must not become a link, an image or HTML of the notebook. */
const inline = (text: string): string =>
  text.replaceAll(/[\\`*_{}[\]()<>#!|~]/g, (mark) => (mark === '<' ? '&lt;' : `\\${mark}`));
