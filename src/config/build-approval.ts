import { join } from 'node:path';
import { approval, entryApprovals, type ApprovalMiddleware } from '../middleware/approval/index.ts';
import type { AuditMiddleware } from '../middleware/audit/index.ts';
import { rowCapOf } from '../middleware/limits/index.ts';
import { appliesTo } from '../middleware/policy/select-principal.ts';
import { sharedFolder } from '../store/index.ts';
import { buildChannel } from './build-channel.ts';
import type { BuildOptions } from './build-middleware.ts';
import { decisionSources } from './decision-sources.ts';
import type { GuardFile } from './guard-file.ts';
import { knownPeople } from './known-people.ts';

/** Nothing where the file has no channel: no rule of it asks anybody, and what an engine asks is refused. */
export function buildApproval(
  file: GuardFile,
  trail: AuditMiddleware,
  { environment, onProgress, now }: BuildOptions,
): ApprovalMiddleware | undefined {
  const [first, ...others] = Object.entries(file.channels).map(([name, settings]) =>
    buildChannel(name, settings, file, environment),
  );
  if (first === undefined) return undefined;
  const { waitFor, onPending, deliverFor, tolerance, maximumPending, prompt } = file.approval;
  const { entries } = sharedFolder({ folder: approvalFolder(file) });
  return approval({
    waitFor,
    onPending,
    deliverFor,
    tolerance,
    maximumPending,
    prompt,
    channels: [first, ...others],
    people: knownPeople(file),
    ...decisionSources(file, environment),
    store: entryApprovals(entries, now === undefined ? {} : { now }),
    currency: file.cost.currency,
    rowCap: ({ principal, agent }) => {
      const cap = rowCapOf(file.limits.filter((rule) => appliesTo(rule, principal, agent)));
      return cap === undefined ? undefined : Number(cap.max);
    },
    record: (event) => trail.record(event),
    ...(onProgress !== undefined && { onProgress }),
    ...(now !== undefined && { now }),
  });
}

/** Where the requests of a policy file are kept. */
export function approvalFolder({ approval: { folder }, audit }: GuardFile): string {
  return folder ?? join(audit.folder, 'approvals');
}
