import { knownCatalog } from '../../config/known-objects.ts';
import { compileConfig, loadConfig } from '../../config/load-config.ts';
import { oneLine } from '../explain/excerpt.ts';
import { comparePolicies, type Change, type PolicyDifference } from '../replay/compare-policies.ts';
import { recordedCalls } from '../replay/recorded-calls.ts';

export interface DiffOptions {
  readonly replay: string;
  readonly catalog?: string;
  readonly json?: boolean;
}

/** Says which recorded calls a new policy decides otherwise: 0 when none, 1 when some. */
export async function diff(before: string, after: string, options: DiffOptions): Promise<number> {
  const [old, young] = [compileConfig(await loadConfig(before)), compileConfig(await loadConfig(after))];
  const known = await knownCatalog(options.catalog);
  const { calls, left } = await recordedCalls(options.replay);
  const difference = await comparePolicies(old, young, calls, known);
  const notReplayed = {
    ...Object.fromEntries(left),
    ...(difference.unproven > 0 && { [notProved]: difference.unproven }),
  };
  const { replayed, unchanged, changes } = difference;
  if (options.json === true) {
    console.log(JSON.stringify({ replayed, unchanged, changes, notReplayed }, null, 2));
  } else console.log(text(difference, notReplayed).join('\n'));
  return changes.length === 0 ? 0 : 1;
}

const notProved = 'what the SQL does could not be proved with this catalog';

const mostExamples = 3;

function text(
  { replayed, changes }: PolicyDifference,
  notReplayed: Readonly<Record<string, number>>,
): readonly string[] {
  const byRule = Object.groupBy(changes, ({ rules }) => rules.join(', '));
  return [
    `${replayed} calls replayed, ${changes.length} decided otherwise`,
    ...Object.entries(byRule).flatMap(([rules, own = []]) => ['', ...ruleLines(rules, own)]),
    ...(Object.keys(notReplayed).length === 0 ? [] : ['', 'not replayed:']),
    ...Object.entries(notReplayed).map(([why, count]) => `  ${count}: ${why}`),
  ];
}

function ruleLines(rules: string, changes: readonly Change[]): readonly string[] {
  const more = changes.length - mostExamples;
  return [
    `${rules}: ${changes.length}`,
    ...changes
      .slice(0, mostExamples)
      .flatMap((change) => [
        `  ${change.call} ${change.time} ${oneLine(change.principal)}${change.agent === undefined ? '' : ` by ${oneLine(change.agent)}`}`,
        `    ${change.operation}: ${change.does.map(oneLine).join(', ')}`,
        `    ${change.before} -> ${change.after}`,
      ]),
    ...(more > 0 ? [`  and ${more} more`] : []),
  ];
}
