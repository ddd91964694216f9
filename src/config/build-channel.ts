import { webhook, type ApprovalChannel } from '../middleware/approval/index.ts';
import type { ChannelSettings, GuardFile } from './guard-file.ts';
import { secret, type Environment } from './secret.ts';

/** Makes one of the `channels` of a policy file. */
export function buildChannel(
  name: string,
  settings: ChannelSettings,
  file: GuardFile,
  environment: Environment,
): ApprovalChannel {
  const { webhook: url, secretFromEnv, allowInsecureLoopback, notify } = settings;
  const { callback } = file.approval;
  const channel = webhook({
    name,
    url,
    secrets: [secret(environment, secretFromEnv, `channels.${name}.secretFromEnv`)],
    allowInsecureLoopback,
    ...(callback !== undefined && { callbackUrl: `http://${callback.host}:${callback.port}/` }),
  });
  return notify === undefined ? channel : { ...channel, people: peopleOf(notify, file) };
}

const peopleOf = (groups: readonly string[], { people }: GuardFile): readonly string[] =>
  groups.flatMap((group) => people[group]?.members.map(({ id }) => id) ?? []);
