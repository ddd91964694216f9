import { bytesText } from '../../middleware/limits/bytes.ts';
import type { ColumnMask } from '../../middleware/policy/decision.ts';
import type { RuleVerdict } from '../../middleware/policy/explain-rules.ts';
import { insteadInWords } from '../../middleware/policy/instead.ts';
import type { AccessPair } from '../../middleware/policy/access.ts';
import type { BudgetRule } from '../../middleware/limits/rules.ts';
import type { LimitRule } from '../../middleware/policy/document.ts';
import type { Rehearsal } from '../../middleware/rehearsal/rehearse.ts';
import { fullName } from '../../sql/full-name.ts';
import { oneLine } from './excerpt.ts';

/** What the policy makes of a call, for people: from what it does to what would be sent. */
export function decisionReport(rehearsal: Rehearsal): string {
  const { pairs, verdicts, masks, limits, sql, effect, maximumBytesBilled } = rehearsal;
  const lines = [
    ...section('what the call does', pairs.map(pairLine)),
    ...section('rules', verdicts.map(verdictLine)),
    ...section('decision', decisionLines(rehearsal)),
    ...section('masks', masks.map(maskLine)),
    ...section('limits', [...limits.limits.map(limitLine), ...limits.budgets.map(budgetLine)]),
    ...(effect === 'deny' || maximumBytesBilled === undefined
      ? []
      : section('sent as maximumBytesBilled', [maximumBytesBilled])),
    ...(sql === undefined ? [] : ['', 'sent to BigQuery:', ...sql.split('\n').map((line) => `  ${line}`)]),
  ];
  return lines.slice(1).join('\n');
}

function section(title: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : ['', `${title}:`, ...lines.map((line) => `  ${oneLine(line)}`)];
}

const pairLine = ({ operation, object }: AccessPair): string => `${operation} ${objectText(object)}`;

function objectText(object: AccessPair['object']): string {
  if (object.kind === 'none') return 'nothing';
  if (object.kind === 'tokens') return `tokens of ${object.mask}`;
  if (object.kind === 'project') return `project ${object.project}`;
  if (object.kind === 'datasets') return `the list of datasets of ${object.project}`;
  if (object.kind === 'dataset') return `dataset ${object.project}.${object.dataset}`;
  return fullName({ ...object, name: object.table });
}

function verdictLine({ rule, effect, mode, said, because }: RuleVerdict): string {
  const kind = mode === 'monitor' ? `${effect}, monitored` : effect;
  const words = {
    speaks: 'speaks',
    fault: 'denies, since its condition cannot be judged',
    pending: 'was not judged: the call is denied before',
    nothing: `says nothing, by its ${because ?? 'selectors'}`,
  } as const;
  return `${rule} (${kind}) ${words[said]}`;
}

function decisionLines({
  effect,
  code,
  rules,
  reasons,
  instead,
  approval,
  monitored,
}: Rehearsal): readonly string[] {
  const by = rules.length === 0 ? '' : ` by ${rules.join(', ')}`;
  return [
    `${effect}${code === undefined ? '' : ` (${code})`}${by}`,
    ...reasons.map(({ rule, message }) => `${rule}: ${message}`),
    ...(instead === undefined ? [] : [insteadInWords(instead)]),
    ...(approval === undefined
      ? []
      : [`${approval.quorum} of ${approval.approvers.join(', ')} within ${approval.expiresInMs / 1000} s`]),
    ...monitored.map((each) => `monitored: ${each.rule} would say ${each.effect}`),
  ];
}

const maskLine = ({ table, path, with: name, rule }: ColumnMask): string =>
  `${fullName(table)}.${path.join('.')} ${name}, by ${rule}`;

function limitLine({ name, maximumBytesBilled, rows, concurrent, callsPerMinute }: LimitRule): string {
  const parts = [
    ...(maximumBytesBilled === undefined ? [] : [`at most ${bytesText(maximumBytesBilled)} billed`]),
    ...(rows === undefined ? [] : [`at most ${rows.max} rows`]),
    ...(concurrent === undefined ? [] : [`${concurrent} jobs at once`]),
    ...(callsPerMinute === undefined ? [] : [`${callsPerMinute} calls a minute`]),
  ];
  return `${name}: ${parts.join(', ')}`;
}

function budgetLine({ name, bytes, price, per, period }: BudgetRule): string {
  const amounts = [
    ...(bytes === undefined ? [] : [bytesText(bytes)]),
    ...(price === undefined ? [] : [`${price}`]),
  ];
  return `${name}: budget of ${amounts.join(' and ')}, per ${per}, ${period === 'ever' ? 'in all' : `a ${period}`}`;
}
