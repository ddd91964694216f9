import { readFile } from 'node:fs/promises';
import { GuardError } from '../errors.ts';
import type { PolicyDocument } from '../middleware/policy/document.ts';
import { faults } from './faults.ts';
import { readYaml } from './read-yaml.ts';
import type { GuardFile } from './guard-file.ts';
import { guardFile } from './schema.ts';

/** A `guard.yaml` that was read and checked. */
export interface GuardConfig {
  readonly file: GuardFile;
  readonly policy: PolicyDocument;
  /** Where it was read from. */
  readonly path?: string | undefined;
}

/**
 * Reads and checks a policy file.
 * @throws {GuardError} ERR_CONFIG: `guard.yaml:7:13 rules.1.effect …`, one line per fault, at most ten.
 */
export async function loadConfig(path: string): Promise<GuardConfig> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (cause) {
    throw new GuardError(
      'ERR_CONFIG',
      `The policy file ${path} cannot be read. Check the path and its permissions.`,
      { cause },
    );
  }
  return { ...parseConfig(text, path), path };
}

/** Like `loadConfig`, for a text in memory; `name` stands in the messages. */
export function parseConfig(text: string, name = 'guard.yaml'): GuardConfig {
  const yaml = readYaml(text, name);
  const parsed = guardFile.safeParse(yaml.value);
  if (!parsed.success) throw new GuardError('ERR_CONFIG', faults(parsed.error, guardFile, yaml, name));
  return { file: parsed.data, policy: policyOf(parsed.data) };
}

function policyOf(file: GuardFile): PolicyDocument {
  const { version, project, people, tags, unclassified, rules, masks, limits, budgets } = file;
  const { budgetFile: _file, leaseFor: _leaseFor, ...cost } = file.cost;
  const named = { version, project, people, tags, rules, masks, limits, budgets, cost };
  return unclassified === undefined ? named : { ...named, unclassified };
}
