import { readFile } from 'node:fs/promises';
import { GuardError } from '../errors.ts';
import { compilePolicy } from '../middleware/policy/index.ts';
import type { Finding, FindingKind } from '../middleware/policy/review/finding.ts';
import { reviewPolicy } from '../middleware/policy/review/review-policy.ts';
import type { KnownObjects } from '../middleware/policy/review/unmatched.ts';
import { parseConfig, type GuardConfig } from './load-config.ts';
import { readYaml, type YamlText } from './read-yaml.ts';
import { refuseUnaskable } from './refuse-unaskable.ts';

/** What is to be said about a policy file, in the order of its lines. */
export interface PolicyReport {
  readonly file: string;
  /** Only of a policy that can be used. */
  readonly policy?: PolicySize | undefined;
  readonly findings: readonly PlacedFinding[];
}

export interface PolicySize {
  readonly digest: string;
  readonly rules: number;
  readonly masks: number;
  readonly limits: number;
  readonly budgets: number;
}

export interface PlacedFinding {
  readonly severity: 'error' | 'warning';
  readonly kind: FindingKind;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * Reads a policy file as the guard would, and looks for what its owner can hardly mean.
 * @throws {GuardError} ERR_CONFIG when the file cannot be read at all.
 */
export async function checkPolicy(path: string, known?: KnownObjects): Promise<PolicyReport> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    const message = `The policy file ${path} cannot be read. Check the path and its permissions.`;
    throw new GuardError('ERR_CONFIG', message, { cause });
  }
  return checkPolicyText(text, path, known);
}

/** Like `checkPolicy`, for a text in memory; `name` stands in the report. */
export function checkPolicyText(text: string, name: string, known?: KnownObjects): PolicyReport {
  try {
    return reportOn(parseConfig(text, name), readYaml(text, name), name, known);
  } catch (error) {
    if (!(error instanceof GuardError) || error.code !== 'ERR_CONFIG') throw error;
    return { file: name, findings: error.message.split('\n').map((line) => unread(line, name)) };
  }
}

function reportOn(
  { file, policy }: GuardConfig,
  yaml: YamlText,
  name: string,
  known: KnownObjects | undefined,
): PolicyReport {
  const findings = [...reviewPolicy(policy, known), ...unaskable(() => refuseUnaskable(file))]
    .map((finding) => placed(finding, yaml))
    .toSorted((a, b) => a.line - b.line || a.column - b.column);
  if (findings.some(({ kind }) => kind === 'invalid')) return { file: name, findings };
  const { rules, masks, limits, budgets = [] } = policy;
  const size = {
    digest: compilePolicy(policy).digest,
    rules: rules.length,
    masks: masks.length,
    limits: limits.length,
    budgets: budgets.length,
  };
  return { file: name, policy: size, findings };
}

function unaskable(refuse: () => void): readonly Finding[] {
  try {
    refuse();
    return [];
  } catch (error) {
    if (!(error instanceof GuardError)) throw error;
    return [{ severity: 'error', kind: 'invalid', path: ['rules'], message: error.message }];
  }
}

function placed({ severity, kind, path, at, message }: Finding, yaml: YamlText): PlacedFinding {
  return { severity, kind, ...place(yaml.locate(path, at)), message };
}

/** A line of a message that begins with its place: `guard.yaml:7:13 rules.1.effect …`. */
function unread(line: string, name: string): PlacedFinding {
  const rest = line.startsWith(`${name}:`) ? line.slice(name.length + 1) : `1:1 ${line}`;
  const space = rest.indexOf(' ');
  return {
    severity: 'error',
    kind: 'invalid',
    ...place(rest.slice(0, space)),
    message: rest.slice(space + 1),
  };
}

function place(text: string): { readonly line: number; readonly column: number } {
  const [line = 1, column = 1] = text.split(':').map(Number);
  return { line, column };
}
