import { isDeepStrictEqual } from 'node:util';
import { GuardError } from '../errors.ts';
import type { AuditMiddleware } from '../middleware/audit/index.ts';
import type { CompiledPolicy, PolicySource } from '../middleware/policy/index.ts';
import type { GuardFile } from './guard-file.ts';
import { refuseUnaskable } from './refuse-unaskable.ts';
import { compileConfig, isUnchanged, loadConfig, type GuardConfig } from './load-config.ts';

export interface WatchedPolicy extends PolicySource {
  /** Looks once more at the files, at once. */
  check(): Promise<void>;
  close(): Promise<void>;
}

export interface WatchOptions {
  readonly record: AuditMiddleware['record'];
  readonly load?: typeof loadConfig;
  /** Milliseconds between two looks; 2,000. */
  readonly every?: number;
}

/**
 * Keeps to the policy of a file, and of those that it includes, while they change. A new one is in force once it was checked whole and stands in the
 * record; one that is wrong, or changes what only a new start can change, leaves the old one in force and says so.
 */
export async function watchPolicy(config: GuardConfig, options: WatchOptions): Promise<WatchedPolicy> {
  const { record, load = loadConfig, every = 2_000 } = options;
  let seen = config;
  let policy = compileConfig(config);
  let fault: string | undefined;
  await record({ type: 'policy.changed', data: { policyDigest: policy.digest } });

  const take = async (next: GuardConfig, made: CompiledPolicy): Promise<void> => {
    const data = { policyDigest: made.digest, previousDigest: policy.digest };
    if (made.digest !== policy.digest) await record({ type: 'policy.changed', data });
    [seen, policy, fault] = [next, made, undefined];
  };
  const look = async (): Promise<void> => {
    if (seen.path === undefined) return;
    if (await isUnchanged(seen)) return void (fault = undefined);
    try {
      const next = await load(seen.path, seen.environment);
      refuseRestart(seen.file, next.file);
      refuseUnaskable(next);
      await take(next, compileConfig(next));
    } catch (error) {
      const message =
        error instanceof GuardError ? error.message : 'The policy file could not be taken over.';
      if (message === fault) return;
      fault = message;
      warn(message);
      await record({ type: 'policy.refused', data: { policyDigest: policy.digest, fault: message } });
    }
  };
  let looking: Promise<void> = Promise.resolve();
  const check = (): Promise<void> => (looking = looking.then(look, look));
  const timer =
    config.path === undefined ? undefined : setInterval(() => void check().catch(() => undefined), every);
  timer?.unref();
  return {
    current: () => policy,
    check,
    async close() {
      clearInterval(timer);
      await looking.catch(() => undefined);
    },
  };
}

/** What the policy layer itself reads; everything else was built when the guard started. */
const changeable = new Set([
  'tags',
  'rules',
  'masks',
  'detectors',
  'unclassified',
  'include',
  'environments',
]);

const fixed = (file: GuardFile): Map<string, unknown> =>
  new Map(Object.entries(file).filter(([key]) => !changeable.has(key)));

function refuseRestart(before: GuardFile, after: GuardFile): void {
  const [old, young] = [fixed(before), fixed(after)];
  const changed = [...new Set([...old.keys(), ...young.keys()])].find(
    (key) => !isDeepStrictEqual(old.get(key), young.get(key)),
  );
  if (changed === undefined) return;
  throw new GuardError(
    'ERR_CONFIG',
    `The section ${changed} of the policy file has changed, which takes a new start. Only tags, rules, masks, detectors and unclassified are taken over while the guard runs.`,
  );
}

function warn(message: string): void {
  process.emitWarning(`The policy that was in force stays in force. ${message}`, {
    type: 'BigQueryGuardWarning',
    code: 'BIGQUERY_GUARD_POLICY',
  });
}
