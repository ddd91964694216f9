import {
  mail,
  slack,
  teams,
  webhook,
  type ApprovalChannel,
  type OutgoingOptions,
} from '../middleware/approval/index.ts';
import type {
  ChannelSettings,
  GuardFile,
  MailSettings,
  OutgoingSettings,
  SlackSettings,
  TeamsSettings,
  WebhookSettings,
} from './guard-file.ts';
import { secret, type Environment } from './secret.ts';

/** What the making of a channel needs besides its own settings. */
interface Place {
  readonly name: string;
  readonly file: GuardFile;
  readonly read: (variable: string, key: string) => string;
}

/**
 * Makes one of the `channels` of a policy file.
 * @throws {GuardError} ERR_CONFIG when a secret is not in the environment, or a setting cannot be right.
 */
export function buildChannel(
  name: string,
  settings: ChannelSettings,
  file: GuardFile,
  environment: Environment,
): ApprovalChannel {
  const read = (variable: string, key: string): string =>
    secret(environment, variable, `channels.${name}.${key}`);
  const channel = kindOf(settings, { name, file, read });
  const { notify } = settings;
  if (notify === undefined) return channel;
  const people = peopleOf(notify, file);
  const told = channel.people;
  return withPeople(channel, told === undefined ? people : people.filter((id) => told.includes(id)));
}

function kindOf(settings: ChannelSettings, place: Place): ApprovalChannel {
  if ('webhook' in settings) return webhookOf(settings, place);
  if ('slack' in settings) return slackOf(settings, place);
  if ('teams' in settings) return teamsOf(settings, place);
  return mailOf(settings, place);
}

function webhookOf(settings: WebhookSettings, { name, file, read }: Place): ApprovalChannel {
  const { webhook: url, secretFromEnv, link } = settings;
  const callbackUrl = callbackOf(file);
  return webhook({
    name,
    url,
    secrets: secretsOf(secretFromEnv, 'secretFromEnv', read),
    ...outgoingOf(settings),
    ...(callbackUrl !== undefined && { callbackUrl }),
    ...(link !== undefined && { link: pageOf(link) }),
  });
}

function slackOf(settings: SlackSettings, { name, read }: Place): ApprovalChannel {
  const { slack: channel, tokenFromEnv, signingSecretFromEnv, members, team, stepUp, apiUrl } = settings;
  return slack({
    name,
    channel,
    token: read(tokenFromEnv, 'tokenFromEnv'),
    signingSecrets: secretsOf(signingSecretFromEnv, 'signingSecretFromEnv', read),
    people: members,
    ...outgoingOf(settings),
    ...(team !== undefined && { team }),
    ...(stepUp !== undefined && { stepUp: pageOf(stepUp) }),
    ...(apiUrl !== undefined && { apiUrl }),
  });
}

function teamsOf(settings: TeamsSettings, { name, read }: Place): ApprovalChannel {
  const url = read(settings.urlFromEnv, 'urlFromEnv');
  return teams({ name, url, link: pageOf(settings.teams), ...outgoingOf(settings) });
}

function mailOf(settings: MailSettings, { name, file, read }: Place): ApprovalChannel {
  const { mail: from, to, smtpFromEnv, secretFromEnv, allowInsecureLoopback } = settings;
  return mail({
    name,
    from,
    to,
    send: read(smtpFromEnv, 'smtpFromEnv'),
    secrets: secretsOf(secretFromEnv, 'secretFromEnv', read),
    url: `${(callbackOf(file) ?? '').replace(/\/$/, '')}/${encodeURIComponent(name)}`,
    allowInsecureLoopback,
  });
}

/** Where others reach the handler of decisions. */
export function callbackOf({ approval: { callback } }: GuardFile): string | undefined {
  if (callback === undefined) return undefined;
  const { url, host, port } = callback;
  return url ?? `http://${host.includes(':') ? `[${host}]` : host}:${port}/`;
}

export function outgoingOf(settings: OutgoingSettings): OutgoingOptions {
  const { ports, allowPrivateAddresses, allowInsecureLoopback } = settings;
  return { allowPrivateAddresses, allowInsecureLoopback, ...(ports !== undefined && { ports }) };
}

function secretsOf(
  variables: readonly string[],
  key: string,
  read: Place['read'],
): readonly [string, ...string[]] {
  const [first = '', ...others] = variables;
  return [read(first, key), ...others.map((variable) => read(variable, key))];
}

function pageOf(template: string): (id: string) => string {
  return (id) => template.replaceAll('{id}', encodeURIComponent(id));
}

function peopleOf(groups: readonly string[], { people }: GuardFile): readonly string[] {
  return groups.flatMap((group) => people[group]?.members.map(({ id }) => id) ?? []);
}

/** A channel may be an object with private parts, which a copy would lose. */
function withPeople(channel: ApprovalChannel, people: readonly string[]): ApprovalChannel {
  return {
    name: channel.name,
    people,
    notify: async (notice, way) => channel.notify(notice, way),
    ...(channel.settled !== undefined && {
      settled: async (record, signal) => channel.settled?.(record, signal),
    }),
    ...(channel.receive !== undefined && { receive: channel.receive.bind(channel) }),
    ...(channel.ping !== undefined && { ping: channel.ping.bind(channel) }),
  };
}
