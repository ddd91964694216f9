import { readFile } from 'node:fs/promises';
import { GuardError } from '../errors.ts';
import type { PolicyDocument } from '../middleware/policy/document.ts';
import { compilePolicy, type CompiledPolicy } from '../middleware/policy/index.ts';
import type { GuardFile } from './guard-file.ts';
import { judgeFile } from './judge-file.ts';
import { mergeSources } from './merge-sources.ts';
import { readSources, sourceOf, type SourceFiles } from './read-sources.ts';

/** A `guard.yaml` that was read and checked, with all that it includes. */
export interface GuardConfig {
  readonly file: GuardFile;
  readonly policy: PolicyDocument;
  /** Where it was read from; nothing for a text in memory. */
  readonly path?: string | undefined;
  /** Which of its environments was chosen. */
  readonly environment?: string | undefined;
  readonly sources: SourceFiles;
  /** `guard.yaml:7:13` for the value at the path, or for one character of a text there. */
  locate(path: readonly PropertyKey[], at?: number): string;
}

/**
 * Reads and checks a policy file, what it includes, and what belongs to the environment.
 * @throws {GuardError} ERR_CONFIG: `guard.yaml:7:13 rules.1.effect …`, one line per fault, at most ten.
 */
export async function loadConfig(
  path: string,
  environment: string | undefined = process.env['BIGQUERY_GUARD_ENVIRONMENT'],
): Promise<GuardConfig> {
  return { ...configOf(await readSources(path, environment)), path, environment };
}

/** Like `loadConfig`, for a text in memory; `name` stands in the messages. */
export function parseConfig(text: string, name = 'guard.yaml'): GuardConfig {
  return configOf(sourceOf(text, name));
}

function configOf(sources: SourceFiles): GuardConfig {
  const merged = mergeSources(sources);
  const file = judgeFile(merged);
  return { file, policy: policyOf(file), sources, locate: (path, at) => merged.locate(path, at) };
}

/**
 * Makes the policy of a file ready for use.
 * @throws {GuardError} ERR_CONFIG with the place of the first rule, mask or condition that cannot be used.
 */
export function compileConfig(config: GuardConfig): CompiledPolicy {
  return compilePolicy(config.policy, ({ path, at, message }) => {
    throw new GuardError('ERR_CONFIG', `${config.locate(path, at)} ${message}`);
  });
}

/** Whether the files say word for word what they said when they were read. */
export async function isUnchanged({ sources }: GuardConfig): Promise<boolean> {
  const texts = await Promise.all(
    sources.map(async ({ name, text }) => (text === '' ? '' : readFile(name, 'utf8').catch(() => undefined))),
  );
  return sources.every(({ text }, index) => text === texts[index]);
}

function policyOf(file: GuardFile): PolicyDocument {
  const { version, project, people, tags, rules, masks, detectors, limits, budgets } = file;
  const { impersonate, unclassified, conflict, keyDataset } = file;
  const { budgetFile: _file, leaseFor: _leaseFor, ...cost } = file.cost;
  const named = { version, project, people, tags, rules, masks, detectors, limits, budgets, cost };
  return {
    ...named,
    ...(impersonate !== undefined && { impersonate }),
    ...(unclassified !== undefined && { unclassified }),
    ...(conflict !== undefined && { conflict }),
    ...(Object.keys(file.keys).length > 0 && { keys: keyFacts(file) }),
    ...(keyDataset !== undefined && { keyDataset }),
  };
}

function keyFacts({ keys }: GuardFile): NonNullable<PolicyDocument['keys']> {
  const entries = Object.entries(keys).map(([name, [{ id, wrapped }]]) => {
    return [name, { current: id, ...(wrapped !== undefined && { wrapped }) }] as const;
  });
  return Object.fromEntries(entries);
}
