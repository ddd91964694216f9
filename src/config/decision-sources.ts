import type { ApprovalOptions } from '../middleware/approval/index.ts';
import { outgoingOf } from './build-channel.ts';
import type { GuardFile } from './guard-file.ts';
import { secret, type Environment } from './secret.ts';

/** Whose tokens say who decides, and where decisions are fetched, as a policy file says it. */
export function decisionSources(
  { approval }: GuardFile,
  environment: Environment,
): Pick<ApprovalOptions, 'poll' | 'tokens'> {
  const tokens = approval.tokens.map((settings) => {
    const { issuer, audience, keys, algorithms, claim } = settings;
    const [first, ...others] = algorithms ?? [];
    return {
      issuer,
      audience,
      keys,
      ...outgoingOf(settings),
      ...(first !== undefined && { algorithms: [first, ...others] as const }),
      ...(claim !== undefined && { claim }),
    };
  });
  if (approval.poll === undefined) return { tokens };
  const { url, secretFromEnv, interval } = approval.poll;
  const secrets = [secret(environment, secretFromEnv, 'approval.poll.secretFromEnv')] as const;
  return { tokens, poll: { url, secrets, interval, ...outgoingOf(approval.poll) } };
}
