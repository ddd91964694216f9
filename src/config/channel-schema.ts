import { z } from 'zod';
import type { ChannelSettings } from './guard-file.ts';
import { environmentName, name } from './names.ts';

/** The ways to people who approve; the key that is named like a kind of channel says which it is. */

const told = {
  /** The groups of `people` who are told by it; absent: everybody. */
  notify: z.array(name).min(1).optional(),
  /** Development only: http to the loopback interface. */
  allowInsecureLoopback: z.boolean().default(false),
};

/** One, or the new one and the ones that are still good. */
const secretFromEnv = z
  .union([environmentName, z.array(environmentName).min(1).max(4)], {
    error: 'the name of an environment variable, or several while the secret is changed',
  })
  .transform((names): readonly string[] => (typeof names === 'string' ? [names] : names));

/** `{id}` stands for the id of the request. */
const page = z
  .url({ protocol: /^https?$/ })
  .refine((text) => text.includes('{id}'), 'an address that holds {id}, for the id of the request');

const outgoing = {
  ...told,
  /** Ports that may be used besides 443. */
  ports: z.array(z.int().min(1).max(65_535)).min(1).optional(),
  /** Lets the address be of a private network, still over https. */
  allowPrivateAddresses: z.boolean().default(false),
};

const webhook = z.strictObject({
  ...outgoing,
  webhook: z.url({ protocol: /^https?$/ }),
  /** Environment variables with what signs the requests, `whsec_…` or `whsk_…`. */
  secretFromEnv,
  /** Where the whole request can be read. */
  link: page.optional(),
});

const slack = z.strictObject({
  ...outgoing,
  /** The id of the channel in Slack, `C…`. */
  slack: z.string().regex(/^[CGDU][A-Z0-9]{2,}$/, 'the id of a channel of Slack, such as C0123456789'),
  tokenFromEnv: environmentName,
  /** What Slack signs interactions with. */
  signingSecretFromEnv: secretFromEnv,
  /** Ids of members of the workspace, each with the id of the person. */
  members: z.record(z.string().regex(/^[UW][A-Z0-9]{2,}$/, 'the id of a member, such as U0123456789'), name),
  team: z
    .string()
    .regex(/^T[A-Z0-9]{2,}$/, 'the id of a workspace, such as T0123456789')
    .optional(),
  /** The page where approving happens instead. */
  stepUp: page.optional(),
  /** Another address than that of Slack, such as of a proxy. */
  apiUrl: z.url({ protocol: /^https?$/ }).optional(),
});

const teams = z.strictObject({
  ...outgoing,
  /** The page, behind a login, where the request is decided. */
  teams: page,
  /** The environment variable with the address of the workflow, which is a secret. */
  urlFromEnv: environmentName,
});

const mail = z.strictObject({
  ...told,
  /** The sender. */
  mail: z.string().min(3).max(320),
  /** Addresses by the id of the person. */
  to: z.record(name, z.email()),
  /** The environment variable with the mail server, `smtps://user:password@host`. */
  smtpFromEnv: environmentName,
  /** Environment variables with what signs the links, `whsec_…`. */
  secretFromEnv,
});

export const channel: z.ZodType<ChannelSettings> = z.union([webhook, slack, teams, mail], {
  error: 'a channel has one of the keys webhook, slack, teams, mail, and what belongs to it',
});
