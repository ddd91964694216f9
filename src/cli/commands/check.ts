import { checkPolicy, type PlacedFinding, type PolicyReport } from '../../config/check-policy.ts';
import { knownObjects } from '../../config/known-objects.ts';
import { loadCatalog } from '../../config/load-catalog.ts';

export interface CheckOptions {
  readonly catalog?: string;
  readonly json?: boolean;
  readonly strict?: boolean;
}

/** Says what is in a policy file and what is wrong with it: 0 when nothing is, 1 for errors, with `strict` for warnings. */
export async function check(file: string, { catalog, json, strict }: CheckOptions): Promise<number> {
  const known = catalog === undefined ? undefined : await knownObjects(await loadCatalog(catalog));
  const report = await checkPolicy(file, known);
  console.log(json === true ? JSON.stringify(report, null, 2) : lines(report).join('\n'));
  const wrong = report.findings.some(({ severity }) => severity === 'error' || strict === true);
  return wrong ? 1 : 0;
}

function lines({ file, policy, findings }: PolicyReport): readonly string[] {
  return [
    ...findings.map(findingLine),
    ...(policy === undefined
      ? []
      : [
          `${file}: ${policy.rules} rules, ${policy.masks} masks, ${policy.limits} limits, ${policy.budgets} budgets; digest ${policy.digest}`,
        ]),
    ...summary(findings),
  ];
}

const findingLine = ({ file, line, column, severity, message }: PlacedFinding): string =>
  `${file}:${line}:${column} ${severity === 'error' ? '' : 'warning: '}${message}`;

function summary(findings: readonly PlacedFinding[]): readonly string[] {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const warnings = findings.length - errors;
  if (findings.length === 0) return [];
  return [
    `${errors} ${errors === 1 ? 'error' : 'errors'}, ${warnings} ${warnings === 1 ? 'warning' : 'warnings'}`,
  ];
}
