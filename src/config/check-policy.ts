import { access } from 'node:fs/promises';
import { GuardError } from '../errors.ts';
import type { Finding, FindingKind } from '../middleware/policy/review/finding.ts';
import type { PolicyFault } from '../middleware/policy/policy-fault.ts';
import { reviewPolicy } from '../middleware/policy/review/review-policy.ts';
import type { KnownObjects } from '../middleware/policy/review/unmatched.ts';
import { compileConfig, loadConfig, parseConfig, type GuardConfig } from './load-config.ts';
import { unaskable } from './refuse-unaskable.ts';

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
  /** The policy file, or one that it includes. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly message: string;
}

/**
 * Reads a policy file as the guard would, and looks for what its owner can hardly mean.
 * @throws {GuardError} ERR_CONFIG when the file cannot be read at all.
 */
export async function checkPolicy(path: string, known?: KnownObjects): Promise<PolicyReport> {
  await access(path).catch((cause: unknown) => {
    const message = `The policy file ${path} cannot be read. Check the path and its permissions.`;
    throw new GuardError('ERR_CONFIG', message, { cause });
  });
  return loadConfig(path).then(
    (config) => reportOn(config, path, known),
    (error: unknown) => unusable(error, path),
  );
}

/** Like `checkPolicy`, for a text in memory; `name` stands in the report. */
export function checkPolicyText(text: string, name: string, known?: KnownObjects): PolicyReport {
  let config: GuardConfig;
  try {
    config = parseConfig(text, name);
  } catch (error) {
    return unusable(error, name);
  }
  return reportOn(config, name, known);
}

function unusable(error: unknown, name: string): PolicyReport {
  if (!(error instanceof GuardError) || error.code !== 'ERR_CONFIG') throw error;
  return { file: name, findings: error.message.split('\n').map((line) => unread(line, name)) };
}

function reportOn(config: GuardConfig, name: string, known: KnownObjects | undefined): PolicyReport {
  const { file, policy } = config;
  const findings = [...reviewPolicy(policy, known), ...unaskable(file).map(invalid)]
    .map((finding) => placed(finding, config))
    .toSorted((a, b) => byFile(a, b, name) || a.line - b.line || a.column - b.column);
  if (findings.some(({ kind }) => kind === 'invalid')) return { file: name, findings };
  const { rules, masks, limits, budgets = [] } = policy;
  const size = {
    digest: compileConfig(config).digest,
    rules: rules.length,
    masks: masks.length,
    limits: limits.length,
    budgets: budgets.length,
  };
  return { file: name, policy: size, findings };
}

/** The policy file itself first, then what it includes. */
function byFile(a: PlacedFinding, b: PlacedFinding, main: string): number {
  if (a.file === b.file) return 0;
  if (a.file === main || b.file === main) return a.file === main ? -1 : 1;
  return a.file < b.file ? -1 : 1;
}

const invalid = (fault: PolicyFault): Finding => ({ severity: 'error', kind: 'invalid', ...fault });

function placed({ severity, kind, path, at, message }: Finding, config: GuardConfig): PlacedFinding {
  return { severity, kind, ...readPlace(`${config.locate(path, at)} ${message}`, '') };
}

const unread = (line: string, name: string): PlacedFinding => ({
  severity: 'error',
  kind: 'invalid',
  ...readPlace(line, name),
});

/** A line that begins with its place: `guard.yaml:7:13 rules.1.effect …`. */
function readPlace(text: string, name: string): Omit<PlacedFinding, 'severity' | 'kind'> {
  const [, file = name, line = 1, column = 1, message = text] = /^(.+?):(\d+):(\d+) (.*)$/s.exec(text) ?? [];
  return { file, line: Number(line), column: Number(column), message };
}
