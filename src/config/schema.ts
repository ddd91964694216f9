import { z } from 'zod';
import { detectorActions, detectorNames } from '../middleware/detection/detector-rule.ts';
import { leastPerTable } from '../middleware/limits/bytes.ts';
import { defaultCost, type BudgetRule } from '../middleware/limits/rules.ts';
import type { GuardFile, KeyVersionSources } from './guard-file.ts';
import { alphabetNames, plainMaskNames } from '../middleware/policy/mask-choice.ts';
import { parseBytes } from '../middleware/policy/byte-size.ts';
import { defaultAnswerWithin } from '../transport/answer-limit.ts';
import { tokenAlgorithms } from '../middleware/approval/decision-token.ts';
import { channel } from './channel-schema.ts';
import { environmentName, name } from './names.ts';
import { parseDuration } from './quantity.ts';

/**
 * The shape of `guard.yaml`. Every object is strict: a key that is not listed is an error with its place.
 * `z.toJSONSchema` of this is published as `guard.schema.json`.
 */

const duration = z
  .string()
  .regex(/^\d{1,9}\s?[smhd]$/, 'a whole number and a unit: 30s, 5m, 1h, 7d')
  .transform((text) => parseDuration(text) ?? 0);

const bytes = z
  .string()
  .regex(/^\d{1,15}\s?([KMGT]i?B|B)$/, 'a whole number and a unit: 500 MB, 10 GiB')
  .transform((text) => parseBytes(text) ?? 0n);

const who = {
  ids: z.array(name).optional(),
  groups: z.array(name).optional(),
  agents: z.array(name).optional(),
  delegates: z.array(name).optional(),
};

const principals = z
  .strictObject(who)
  .refine((value) => Object.keys(value).length > 0, 'name at least one of ids, groups, agents, delegates');

const exception = z
  .strictObject({
    ...who,
    datasets: z.array(name).min(1).optional(),
    tables: z.array(name).min(1).optional(),
    columns: z.array(name).min(1).optional(),
    tags: z.array(name).min(1).optional(),
  })
  .refine((value) => Object.keys(value).length > 0, 'name somebody or something');

const operationNames = ['read', 'write', 'ddl', 'export', 'admin', 'metadata', 'job', 'detokenize'] as const;

const operation = z.union(
  [z.enum(operationNames), z.string().regex(/^[a-zA-Z]+\.[a-zA-Z]+$/, 'a method such as tables.get')],
  { error: `one of ${operationNames.join(', ')}, or a method such as tables.get` },
);

const selector = {
  principals: principals.optional(),
  except: exception.optional(),
  operations: z.array(operation).min(1).optional(),
  datasets: z.array(name).min(1).optional(),
  tables: z.array(name).min(1).optional(),
  tags: z.array(name).min(1).optional(),
};

const stage = {
  from: z.array(name).min(1),
  /** How many distinct people must approve, or `all`. */
  quorum: z.union([z.int().min(1).max(20), z.literal('all')]).default(1),
};

const grantOffer = z
  .strictObject({
    uses: z.int().min(2).max(10_000).optional(),
    /** How long a grant may stand. */
    for: duration.optional(),
    session: z.boolean().optional(),
    /** Queries of the same shape, which differ in literals and parameter values only. */
    shape: z.boolean().optional(),
    bytes: bytes.optional(),
    rows: z.int().min(1).max(1_000_000_000).optional(),
  })
  .refine(({ uses, for: time }) => uses !== undefined || time !== undefined, 'state uses, for, or both')
  .transform(({ for: forMs, bytes: most, ...rest }) => ({
    ...rest,
    ...(forMs !== undefined && { forMs }),
    ...(most !== undefined && { bytes: Number(most) }),
  }));

const approvalSettings = z
  .strictObject({
    ...stage,
    expiresIn: duration.default(3_600_000),
    /** Who is asked next, once the ones before have approved. */
    next: z.array(z.strictObject(stage)).min(1).max(10).optional(),
    /** Every decision needs a comment. */
    comment: z.literal('required').optional(),
    /** Who may decide as well when nobody has for a while. */
    escalate: z
      .strictObject({ after: duration, to: z.array(name).min(1) })
      .transform(({ after: afterMs, to }) => ({ afterMs, to }))
      .optional(),
    /** Of whom one may let the call run alone in an emergency, with a reason. */
    breakGlass: z
      .strictObject({ from: z.array(name).min(1), expiresIn: duration.default(900_000) })
      .transform(({ from, expiresIn: expiresInMs }) => ({ from, expiresInMs }))
      .optional(),
    /** The most that an approver may grant beyond one execution. */
    grants: grantOffer.optional(),
    /** Who gets the approval sees the columns without masks. */
    unmask: z.boolean().optional(),
  })
  .transform(({ expiresIn, ...rest }) => ({ ...rest, expiresInMs: expiresIn }));

const spoken = {
  name,
  ...selector,
  /** A condition in CEL. */
  when: z.string().min(1).max(2000).optional(),
  reason: z.string().optional(),
  mode: z.enum(['enforce', 'monitor']).optional(),
};

const opening = { nativePolicies: z.literal('accept').optional(), trusted: z.boolean().optional() };

const rule = z.discriminatedUnion('effect', [
  z.strictObject({ ...spoken, ...opening, effect: z.literal('allow') }),
  z.strictObject({ ...spoken, effect: z.literal('deny') }),
  z.strictObject({
    ...spoken,
    ...opening,
    effect: z.literal('require-approval'),
    approval: approvalSettings,
  }),
]);

/** Anybody may state a purpose, so that it clears only whom the rest names. */
const clearance = z
  .strictObject({
    ids: z.array(name).optional(),
    groups: z.array(name).optional(),
    agents: z.array(name).optional(),
    delegates: z.array(name).optional(),
    purposes: z.array(name).min(1).optional(),
  })
  .refine(
    ({ purposes: _purposes, ...people }) => Object.keys(people).length > 0,
    'name at least one of ids, groups, agents, delegates',
  );

const masked = {
  name,
  tags: z.array(name).min(1),
  except: clearance.optional(),
  acceptGuessable: z.boolean().optional(),
  allowFullScan: z.boolean().optional(),
};

const days = z.int().min(-3650).max(3650);

const oneCharacter = z.string().refine((text) => Array.from(text).length === 1, 'one character');

const mask = z.discriminatedUnion('with', [
  z.strictObject({ ...masked, with: z.enum(plainMaskNames) }),
  z.strictObject({ ...masked, with: z.literal('replace'), value: z.string().min(1).max(1000) }),
  z.strictObject({
    ...masked,
    with: z.literal('characterMask'),
    character: oneCharacter.optional(),
    count: z.int().min(1).max(10_000).optional(),
    reverse: z.boolean().optional(),
    skip: z.string().min(1).max(64).optional(),
  }),
  z.strictObject({ ...masked, with: z.literal('bucket'), size: z.int().min(1).max(1_000_000_000_000) }),
  z.strictObject({
    ...masked,
    with: z.literal('timePart'),
    part: z.enum(['YEAR', 'MONTH', 'DAY', 'HOUR']),
  }),
  z.strictObject({
    ...masked,
    with: z.literal('routine'),
    routine: z
      .string()
      .regex(/^[\w:.-]+\.\w+\.\w+$/, 'the full name of a function of BigQuery: project.dataset.name'),
  }),
  z.strictObject({ ...masked, with: z.literal('cryptoHash'), key: name }),
  z.strictObject({ ...masked, with: z.literal('randomHash'), key: name.optional() }),
  z.strictObject({
    ...masked,
    with: z.literal('cryptoDeterministic'),
    key: name,
    surrogate: z
      .string()
      .regex(/^[A-Za-z_]\w{0,63}$/, 'a name of letters, digits and underscores')
      .optional(),
  }),
  z.strictObject({
    ...masked,
    with: z.literal('formatPreserving'),
    key: name,
    alphabet: z.enum(alphabetNames),
    skip: z.string().min(1).max(64).optional(),
  }),
  z.strictObject({
    ...masked,
    with: z.literal('dateShift'),
    key: name,
    context: z.string().regex(/^[\p{L}\p{N}_-]{1,300}$/u, 'the name of a column, not of a field within it'),
    lowerBoundDays: days,
    upperBoundDays: days,
  }),
]);

/** Ids are those of Tink: 32 bits. */
const keyVersion = {
  id: z.int().min(1).max(4_294_967_295).default(1),
  /** The same key for BigQuery, as Cloud KMS has wrapped it. */
  wrapped: z
    .strictObject({
      kms: z
        .string()
        .regex(
          /^gcp-kms:\/\/projects\/[^/\s]+\/locations\/[^/\s]+\/keyRings\/[^/\s]+\/cryptoKeys\/[^/\s]+$/,
          'the full name of a key of Cloud KMS: gcp-kms://projects/…/locations/…/keyRings/…/cryptoKeys/…',
        ),
      keyset: z.base64().min(1).max(100_000),
    })
    .optional(),
};

const keySource = z.union([
  z.strictObject({ ...keyVersion, fromEnv: environmentName }),
  z.strictObject({ ...keyVersion, file: z.string().min(1) }),
  z.strictObject({
    ...keyVersion,
    secret: z
      .string()
      .regex(
        /^projects\/[^/\s]+\/(?:locations\/[^/\s]+\/)?secrets\/[^/\s]+\/versions\/[^/\s]+$/,
        'a version of a secret in Secret Manager: projects/…/secrets/…/versions/…',
      ),
  }),
]);

const key = z.union([
  keySource.transform((only): KeyVersionSources => [only]),
  z
    .array(keySource)
    .min(1)
    .refine(
      (versions) => new Set(versions.map(({ id }) => id)).size === versions.length,
      'every version needs an id of its own',
    )
    .transform(([first, ...others]): KeyVersionSources =>
      first === undefined ? z.NEVER : [first, ...others],
    ),
]);

const patternName = z
  .string()
  .regex(/^[a-z][A-Za-z0-9_]{0,63}$/, 'a small letter, then letters, digits and _')
  .refine(
    (text) => ![...detectorNames, 'unsearched'].some((known) => known === text),
    'another name: this one is taken',
  );

const detector = z
  .strictObject({
    name,
    principals: principals.optional(),
    except: principals.optional(),
    datasets: z.array(name).min(1).optional(),
    tables: z.array(name).min(1).optional(),
    find: z.array(z.enum(detectorNames)).min(1).optional(),
    /** Further kinds, as patterns in the syntax of RE2. */
    patterns: z.record(patternName, z.string().min(1).max(1000)).optional(),
    action: z.enum(detectorActions),
  })
  .refine(
    ({ find, patterns }) => find !== undefined || patterns !== undefined,
    'state find, patterns, or both',
  );

const limit = z.strictObject({
  name,
  principals: principals.optional(),
  except: principals.optional(),
  maximumBytesBilled: bytes
    .refine((value) => value >= leastPerTable, {
      message: 'at least 10 MiB: BigQuery bills that much for each table, so less would refuse every query',
    })
    .optional(),
  rows: z
    .strictObject({ max: z.int().min(1).max(1_000_000_000), over: z.literal('refuse').default('refuse') })
    .optional(),
  concurrent: z.int().min(1).max(10_000).optional(),
  callsPerMinute: z.int().min(1).max(1_000_000).optional(),
});

const budget = z
  .strictObject({
    name,
    principals: principals.optional(),
    except: principals.optional(),
    per: z.enum(['principal', 'agent', 'session', 'everyone']).default('principal'),
    period: z.enum(['day', 'month', 'ever']).default('day'),
    bytes: bytes.optional(),
    insertedBytes: bytes.optional(),
    price: z.number().min(0).max(1_000_000_000).optional(),
  })
  .refine(
    ({ bytes: billed, insertedBytes, price }) =>
      [billed, insertedBytes, price].some((each) => each !== undefined),
    'state bytes, insertedBytes or price',
  );

const cost = z.strictObject({
  edition: z.enum(['on-demand', 'capacity']).default('on-demand'),
  pricePerTiB: z.number().min(0).max(1_000_000).default(defaultCost.pricePerTiB),
  insertPricePerGiB: z.number().min(0).max(1_000_000).default(defaultCost.insertPricePerGiB),
  currency: z.string().min(1).max(8).default(defaultCost.currency),
  /** `always`: every query is dry-run first, and its tables are compared with the analysed ones. */
  dryRun: z.enum(['when-needed', 'always']).default('when-needed'),
  /** Where budgets are counted; `budgets.json` in the folder of the audit. */
  budgetFile: z.string().min(1).optional(),
  /** How long a job whose end is not seen holds its part of the budgets. */
  leaseFor: duration.default(21_600_000),
});

interface Tagging {
  readonly columns: readonly string[];
  readonly tables: readonly string[];
  readonly datasets: readonly string[];
  readonly policyTags?: readonly string[] | undefined;
  readonly labels?: Readonly<Record<string, string>> | undefined;
}

const isTagging = ({ columns, tables, datasets, policyTags = [], labels = {} }: Tagging): boolean =>
  [columns, tables, datasets, policyTags, Object.keys(labels)].some((list) => list.length > 0);

const tag = z
  .strictObject({
    columns: z.array(name).default([]),
    tables: z.array(name).default([]),
    datasets: z.array(name).default([]),
    policyTags: z
      .array(
        z
          .string()
          .regex(
            /^projects\/[^/]+\/locations\/[^/]+\/taxonomies\/[^/]+\/policyTags\/[^/]+$/,
            'the full name of a policy tag: projects/…/locations/…/taxonomies/…/policyTags/…',
          ),
      )
      .optional(),
    labels: z.record(z.string().min(1).max(63), z.string().max(63)).optional(),
  })
  .refine(isTagging, {
    message: 'a tag that names no column, table, dataset, policy tag or label protects nothing',
  });

const person = z.strictObject({
  id: name,
  keys: z.array(z.string().startsWith('whpk_')).default([]),
  /** Further ids of the same human, so that nobody decides on their own request under another name. */
  aliases: z.array(name).optional(),
  /** When somebody else decides in the person's place. */
  absences: z
    .array(z.strictObject({ from: z.iso.datetime(), until: z.iso.datetime(), delegate: name }))
    .optional(),
});

const principal = z.strictObject({ id: name, groups: z.array(name).default([]) });

const serviceAccount = z
  .string()
  .regex(/^[a-z0-9-]+@[a-z0-9.-]+\.gserviceaccount\.com$/, 'the e-mail address of a service account');

const impersonate = z.strictObject({
  /** Under which service account calls of these principals run at BigQuery. */
  accounts: z
    .array(
      z.strictObject({
        principals: principals.optional(),
        except: principals.optional(),
        account: serviceAccount,
      }),
    )
    .min(1),
  /** The address of the IAM Service Account Credentials API, where it is not Google's own. */
  url: z
    .url({ protocol: /^https?$/ })
    .refine(
      (text) => isSecure(new URL(text)),
      'https: credentials go there; http only to the loopback interface',
    )
    .optional(),
});

function isSecure({ protocol, hostname }: URL): boolean {
  return protocol === 'https:' || ['127.0.0.1', '[::1]', 'localhost'].includes(hostname);
}

const webAddress = z.url({ protocol: /^https?$/ });

/** One of the first five says what kind of sink it is. */
const sink = z
  .strictObject({
    /** Signed lots of events, one line of JSON each, are posted to this address. */
    http: webAddress.optional(),
    /** OpenTelemetry: the whole address, with /v1/logs. */
    otlp: webAddress.optional(),
    /** Google Cloud Logging: the name of the log. */
    cloudLogging: name.optional(),
    /** A table of BigQuery, as dataset.table. */
    bigquery: z
      .string()
      .regex(/^\w+\.\w+$/, 'Write dataset.table.')
      .optional(),
    /** Lines of JSON on standard output. */
    stdout: z.literal(true).optional(),
    /** For cloudLogging and bigquery: the project, when it is not that of the environment. */
    project: name.optional(),
    /** For http: the environment variable that holds the signing secret, `whsec_…`. */
    secretFromEnv: environmentName.optional(),
    /** For http and otlp: the environment variable that holds the authorization header. */
    authorizationFromEnv: environmentName.optional(),
    /** For http: whether the answer has to repeat the hash of the last event. */
    confirm: z.enum(['status', 'hash']).optional(),
    /** Whether a call goes on only when this sink has its events. */
    delivery: z.enum(['required', 'eventual']).default('eventual'),
  })
  .superRefine((settings, context) => {
    const kinds = sinkKinds.filter((kind) => settings[kind] !== undefined);
    if (kinds.length !== 1)
      context.addIssue({ code: 'custom', message: `Name one kind of sink: ${sinkKinds.join(', ')}.` });
    for (const [option, fitting] of Object.entries(sinkOptions)) {
      if (!(option in settings) || kinds.some((kind) => fitting.includes(kind))) continue;
      const message = `${option} belongs to ${fitting.join(' and ')}.`;
      context.addIssue({ code: 'custom', path: [option], message });
    }
  });

const sinkKinds = ['http', 'otlp', 'cloudLogging', 'bigquery', 'stdout'] as const;

const sinkOptions: Readonly<Record<string, readonly string[]>> = {
  project: ['cloudLogging', 'bigquery'],
  secretFromEnv: ['http'],
  authorizationFromEnv: ['http', 'otlp'],
  confirm: ['http'],
};

const audit = z.strictObject({
  folder: z.string().min(1),
  /** How parameter values are recorded. */
  parameters: z.enum(['none', 'hash', 'full']).default('hash'),
  prompts: z.enum(['none', 'hash', 'full']).default('hash'),
  /** Whether a read may be on its way while its record is written. */
  durability: z.enum(['before', 'overlapped']).default('before'),
  /** Where events go besides the folder. */
  sinks: z.record(z.string().regex(/^[\w-]{1,64}$/, 'Use letters, digits, - and _.'), sink).default({}),
});

/** Where decisions come in. Without a port the application mounts the handler itself. */
const callback = z
  .strictObject({
    port: z.int().min(0).max(65_535).optional(),
    host: z.string().default('127.0.0.1'),
    /** The address by which others reach it. */
    url: z.url({ protocol: /^https?$/ }).optional(),
  })
  .refine(({ port, url }) => port !== undefined || url !== undefined, 'state port, url, or both')
  .optional();

const outgoing = {
  ports: z.array(z.int().min(1).max(65_535)).min(1).optional(),
  allowPrivateAddresses: z.boolean().default(false),
  allowInsecureLoopback: z.boolean().default(false),
};

/** Whose tokens say who decides. */
const tokenIssuer = z.strictObject({
  issuer: z.string().min(1).max(500),
  audience: z.string().min(1).max(500),
  /** The address of the issuer's JWKS. */
  keys: z.url({ protocol: /^https?$/ }),
  algorithms: z.array(z.enum(tokenAlgorithms)).min(1).optional(),
  /** The claim that holds the id of the person. */
  claim: name.optional(),
  ...outgoing,
});

/** Where decisions are fetched when no connection can come in. */
const poll = z.strictObject({
  url: z.url({ protocol: /^https?$/ }),
  /** The environment variable with what signs the questions, `whsec_…` or `whsk_…`. */
  secretFromEnv: environmentName,
  interval: duration.default(5000),
  ...outgoing,
});

const engine = z.union([
  z.strictObject({
    /** The document of Open Policy Agent that decides. */
    opa: z.url({ protocol: /^https?$/ }),
    /** The environment variable that holds its bearer token. */
    tokenFromEnv: environmentName.optional(),
    timeout: duration.default(2000),
  }),
  /** A file of Cedar policies. */
  z.strictObject({ cedar: z.string().min(1) }),
]);

const approval = z.strictObject({
  callback,
  tokens: z.array(tokenIssuer).default([]),
  poll: poll.optional(),
  waitFor: duration.default(300_000),
  /** Whether a call waits for people, or throws at once and comes again later. */
  onPending: z.enum(['wait', 'throw']).default('wait'),
  /** How long it may take to tell people when the call does not wait. */
  deliverFor: duration.default(30_000),
  /** How many times the approved bytes a query may read when it runs. */
  tolerance: z.number().min(1).max(100).default(1.1),
  /** How many requests of one principal may be pending. */
  maximumPending: z.int().min(1).max(10_000).default(50),
  /** What approvers see of the prompt of a session. */
  prompt: z.enum(['none', 'digest', 'excerpt']).default('digest'),
  /** Where requests are kept; `approvals` in the folder of the audit. */
  folder: z.string().min(1).optional(),
});

const service = z.strictObject({
  tokens: z.array(z.strictObject({ fromEnv: environmentName, principal, agent: name.optional() })).min(1),
  upstream: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }).default('https://bigquery.googleapis.com'),
      credentials: z.enum(['application-default', 'none']).default('application-default'),
    })
    .prefault({}),
});

const guardObject = z.strictObject({
  $schema: z.string().optional(),
  version: z.literal(1),
  /** Further files, beside this one or below it. */
  include: z.array(z.string().min(1)).min(1).optional(),
  /** Files that belong to one environment each. */
  environments: z.record(name, z.array(z.string().min(1)).min(1)).optional(),
  project: name,
  /** Whom calls are made for where the code names nobody. */
  principal: principal.optional(),
  /** What an answer of BigQuery may take beyond the call's own `timeoutMs`; 0s waits for ever. */
  answerWithin: duration.default(defaultAnswerWithin),
  impersonate: impersonate.optional(),
  people: z.record(name, z.strictObject({ members: z.array(person).min(1) })).default({}),
  /** The ways to people who approve. */
  channels: z.record(name, channel).default({}),
  /** What decides beside the rules: each must agree, and one that is down denies. */
  engines: z.record(name, engine).default({}),
  tags: z.record(name, tag).default({}),
  /** Columns without any tag in datasets that hold tags. */
  unclassified: z.enum(['allow', 'mask', 'deny']).optional(),
  rules: z.array(rule).default([]),
  masks: z.array(mask).default([]),
  /** Which of several masks on one column counts: the strictest, or in BigQuery's own order the most useful. */
  conflict: z.enum(['strictest', 'google']).optional(),
  /** Secret keys of masks, at least 32 bytes in base64: where they are, never what they are. */
  keys: z.record(name, key).default({}),
  /** What answers are searched for, as a net beneath the masks. */
  detectors: z.array(detector).default([]),
  /** Where `bigquery-guard keys install` has put what BigQuery needs of the keys. Nobody else may read it. */
  keyDataset: z
    .string()
    .regex(/^(?:[\w.:-]+:)?\w{1,1024}$/, 'a dataset, or project:dataset')
    .optional(),
  limits: z.array(limit).default([]),
  budgets: z.array(budget).default([]),
  cost: cost.prefault({}),
  audit,
  approval: approval.prefault({}),
  service: service.optional(),
});

/** Slots are paid for by time, so a query of a capacity edition has no price that a budget could hold. */
export const guardFile: z.ZodType<GuardFile> = guardObject.superRefine(
  ({ budgets, cost: settings, masks, keys, channels, people, approval: asked }, context) => {
    for (const [channelName, each] of Object.entries(channels)) {
      const { notify = [] } = each;
      if ('mail' in each && asked.callback === undefined) {
        const message = 'links in mails lead to the callback, and there is none. Add approval.callback.url';
        context.addIssue({ code: 'custom', path: ['channels', channelName, 'mail'], message });
      }
      for (const [place, group] of notify.entries()) {
        if (people[group] !== undefined) continue;
        const path = ['channels', channelName, 'notify', place];
        context.addIssue({
          code: 'custom',
          path,
          message: `there is no group ${group} under people. Add it`,
        });
      }
    }
    for (const [place, each] of masks.entries()) {
      if (!('key' in each) || each.key === undefined || keys[each.key] !== undefined) continue;
      const message = `there is no key ${each.key} under keys. Add it, or use nullify`;
      context.addIssue({ code: 'custom', path: ['masks', place, 'key'], message });
    }
    if (settings.edition === 'on-demand') return;
    const index = budgets.findIndex(({ price }: BudgetRule) => price !== undefined);
    if (index === -1) return;
    const message = 'bytes have no price in the capacity edition. State bytes instead';
    context.addIssue({ code: 'custom', path: ['budgets', index, 'price'], message });
  },
);
