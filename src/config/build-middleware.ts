import { join } from 'node:path';
import type { Middleware } from '../call/middleware.ts';
import { wellFormed } from '../call/well-formed.ts';
import type { ReportProgress } from '../middleware/approval/index.ts';
import { audit } from '../middleware/audit/index.ts';
import { detection } from '../middleware/detection/index.ts';
import { estimates, limits, needsStore, type EstimateCost } from '../middleware/limits/index.ts';
import { detokenizing, maskedCost, masking } from '../middleware/masking/index.ts';
import { keyDatasetOf } from '../middleware/policy/applied-mask.ts';
import { jobRegistry, policy } from '../middleware/policy/index.ts';
import { fileBudgets } from '../store/index.ts';
import { buildApproval } from './build-approval.ts';
import { buildRecord } from './build-record.ts';
import { buildEngines } from './build-engines.ts';
import { catalogOf } from './catalog.ts';
import type { GuardFile } from './guard-file.ts';
import { maskKeys } from './mask-keys.ts';
import type { ReadSecret } from './secret-manager.ts';
import { nativeOf } from './native.ts';
import { refuseUnaskable } from './refuse-unaskable.ts';
import type { Environment } from './secret.ts';
import { refuseUnfitKeys } from './refuse-unfit-keys.ts';
import { watchPolicy } from './watch-policy.ts';
import type { GuardConfig } from './load-config.ts';

export interface BuildOptions {
  readonly environment: Environment;
  /** Reads keys that lie in Secret Manager; by default from there. */
  readonly readSecret?: ReadSecret;
  /** Told while somebody waits for people. */
  readonly onProgress?: ReportProgress;
  /** The clock by which approvals expire. */
  readonly now?: () => Date;
}

/**
 * Makes the middleware that a `guard.yaml` describes, outermost first, and starts what listens.
 * @throws {GuardError} ERR_CONFIG when a secret that the file names is not in the environment.
 */
export async function buildMiddleware(
  config: GuardConfig,
  options: BuildOptions,
): Promise<readonly Middleware[]> {
  const { file } = config;
  const jobs = jobRegistry();
  refuseUnaskable(config);
  const keys = await maskKeys(file.keys, options);
  refuseUnfitKeys(file, keys);
  const trail = audit({
    store: await buildRecord(file.audit, options.environment),
    prompts: file.audit.prompts,
    parameters: file.audit.parameters,
    durability: file.audit.durability,
  });
  const estimate = estimates({ settings: file.cost });
  const gate = buildApproval(file, trail, options);
  const watched = await watchPolicy(config, trail);
  const layers = [
    trail,
    wellFormed(),
    {
      ...policy({
        document: watched,
        jobs,
        catalog: catalogOf(),
        native: nativeOf(),
        cost: maskedCost(estimate),
        engines: await buildEngines(config, options.environment),
      }),
      close: () => watched.close(),
    },
    ...(gate === undefined ? [] : [gate]),
    // Outside masking: what is searched is what the caller would get.
    detection(),
    masking({ keys, keyDataset: keyDatasetName(file) }),
    // Inside masking: what is limited is the text that runs, and what is counted is what BigQuery says of it.
    limitsOf(file, estimate),
    detokenizing({ keys, policy: watched }),
  ];
  const { callback } = file.approval;
  if (callback?.port !== undefined) await gate?.listen(callback.port, callback.host);
  return layers;
}

function keyDatasetName({ keyDataset, project }: GuardFile): string | undefined {
  return keyDataset === undefined ? undefined : keyDatasetOf(keyDataset, project).dataset;
}

function limitsOf(file: GuardFile, estimate: EstimateCost): Middleware {
  const { limits: rules, budgets, cost, audit: trail } = file;
  const counted = needsStore({ limits: rules, budgets });
  const path = cost.budgetFile ?? join(trail.folder, 'budgets.json');
  return limits({
    limits: rules,
    budgets,
    cost,
    estimate,
    leaseFor: cost.leaseFor,
    ...(counted && { store: fileBudgets({ file: path }) }),
  });
}
