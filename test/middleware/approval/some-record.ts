import { uuidv7 } from 'uuidv7';
import type { ApprovalRecord } from '../../../src/middleware/approval/approval-record.ts';

/** A pending request that two people may decide. */
export function someRecord(changes: Partial<ApprovalRecord> = {}): ApprovalRecord {
  const id = uuidv7();
  const requestHash = changes.requestHash ?? 'a'.repeat(64);
  const requester = { principal: 'agent-a', delegation: [], callId: uuidv7() };
  const times = { requestedAt: new Date(0).toISOString(), expiresAt: new Date(60_000).toISOString() };
  const people = { approvers: ['ana@acme.io', 'ben@acme.io'], quorum: 1 } as const;
  return {
    id,
    requestHash,
    state: 'pending',
    version: 1,
    requester,
    requirement: { ...people, expiresInMs: 60_000 },
    votes: [],
    ...times,
    transitions: [],
    keys: { exact: 'a'.repeat(64) },
    notice: {
      id,
      requestHash,
      ...times,
      ...people,
      needed: 1,
      operation: 'jobs.query',
      project: 'acme',
      target: 'POST /projects/acme/queries',
      tables: [],
      columns: [],
      masked: [],
      reasons: [],
      rules: [],
      requester,
    },
    ...changes,
  };
}
