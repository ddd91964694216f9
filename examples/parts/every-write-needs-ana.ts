import type { Middleware } from '../../src/call/middleware.ts';
import { decisionKey } from '../../src/middleware/policy/decision.ts';

/** Stands for the policy, which would decide by rules. */
export const everyWriteNeedsAna: Middleware = {
  name: 'policy',
  async handle(call, context, next) {
    context.set(decisionKey, {
      effect: 'require-approval',
      policyDigest: '0'.repeat(64),
      rules: ['writes'],
      reasons: [{ rule: 'writes', message: 'Writes need a data owner.' }],
      approval: { approvers: ['ana@acme.io'], quorum: 1, expiresInMs: 60_000 },
      masks: [],
    });
    return next(call);
  },
};
