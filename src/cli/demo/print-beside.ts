import { styleText } from 'node:util';
import type { AuditEvent } from '../../middleware/audit/index.ts';
import type { Outcome } from './agent.ts';
import { questions } from './questions.ts';
import type { Recorded } from './read-record.ts';

const width = 76;

/** What the agent saw on the left, what the record holds on the right. */
export function printBeside(
  outcomes: readonly Outcome[],
  record: Recorded,
  print: (line: string) => void,
): void {
  for (const [index, { scene, sql }] of questions.entries()) {
    const outcome = outcomes.find((each) => each.scene === scene);
    print(`\n  ${styleText('bold', scene)}: ${sql.replaceAll(/\s+/g, ' ')}`);
    const left = wrap(outcome === undefined ? ['no answer'] : seen(outcome));
    const right = (record.statements[index] ?? []).map(written);
    print(`    ${styleText('cyan', 'the agent saw'.padEnd(width))} ${styleText('cyan', 'the record holds')}`);
    for (let line = 0; line < Math.max(left.length, right.length); line += 1) {
      print(`    ${(left[line] ?? '').padEnd(width)} ${right[line] ?? ''}`.trimEnd());
    }
  }
}

function seen({ rows, error, waitedMs }: Outcome): readonly string[] {
  const end = `after ${waitedMs} ms`;
  if (error !== undefined) return [`${error.status} ${error.code} ${end}`, error.message];
  return [...(rows ?? []).slice(0, 3).map(rowText), `${rows?.length ?? 0} rows ${end}`];
}

function rowText(row: unknown): string {
  return typeof row === 'object' && row !== null ? Object.values(row).map(String).join(' | ') : String(row);
}

function wrap(lines: readonly string[]): readonly string[] {
  return lines.flatMap(
    (line) => line.match(new RegExp(`.{1,${width - 2}}(?:\\s|$)|.{1,${width - 2}}`, 'g')) ?? [],
  );
}

function written({ sequence, type, data }: AuditEvent): string {
  return `#${sequence} ${type} ${detail(data)}`.trimEnd();
}

function detail(data: object): string {
  const words: string[] = [];
  for (const [name, value] of Object.entries(data)) {
    if (['effect', 'purpose', 'operation', 'code', 'state', 'person', 'rows', 'bytesBilled'].includes(name)) {
      words.push(`${name}=${String(value)}`);
    }
    if (name === 'rules' && Array.isArray(value)) words.push(`rules=${value.join(',')}`);
    if (name === 'masks' && Array.isArray(value) && value.length > 0) words.push(`masks=${value.length}`);
    if (name === 'rewritten' && value === true) words.push('rewritten');
  }
  return words.join(' ');
}
