/** How a key or token begins, and what it goes on with. */
export interface SecretForm {
  readonly prefix: string;
  /** How many further characters it has. */
  readonly least: number;
  readonly most?: number;
  /** Which they are: letters and digits, capitals and digits, or also `-` and `_`. */
  readonly made: 'plain' | 'capital' | 'any';
  /** Further parts, each after a dot. */
  readonly parts?: number;
  readonly leastPart?: number;
}

const alike = (prefixes: string, form: Omit<SecretForm, 'prefix'>): readonly SecretForm[] =>
  prefixes.split(' ').map((prefix) => ({ prefix, ...form }));

/** Forms that the makers of keys publish, so that keys can be found where they do not belong. */
const forms: readonly SecretForm[] = [
  // Amazon
  ...alike('AKIA ASIA ABIA ACCA', { least: 16, most: 16, made: 'capital' }),
  // Google: API keys, secrets of OAuth clients, access tokens
  ...alike('AIza', { least: 35, most: 35, made: 'any' }),
  ...alike('GOCSPX-', { least: 28, most: 28, made: 'any' }),
  ...alike('ya29', { least: 0, most: 0, made: 'any', parts: 1, leastPart: 20 }),
  // GitHub, npm, GitLab
  ...alike('ghp_ gho_ ghu_ ghs_ ghr_ npm_', { least: 36, made: 'plain' }),
  ...alike('github_pat_', { least: 50, made: 'any' }),
  ...alike('glpat-', { least: 20, made: 'any' }),
  // Slack
  ...alike('xoxb- xoxa- xoxp- xoxr- xoxs- xapp-', { least: 20, made: 'any' }),
  // Stripe, Standard Webhooks
  ...alike('sk_live_ sk_test_ rk_live_ rk_test_', { least: 16, made: 'plain' }),
  ...alike('whsec_ whsk_', { least: 24, made: 'any' }),
  // Anthropic, OpenAI, Hugging Face
  ...alike('sk-ant- sk-proj- sk-svcacct-', { least: 24, made: 'any' }),
  ...alike('sk-', { least: 40, made: 'plain' }),
  ...alike('hf_', { least: 30, made: 'plain' }),
  // DigitalOcean, SendGrid
  ...alike('dop_v1_', { least: 64, made: 'plain' }),
  ...alike('SG', { least: 0, most: 0, made: 'any', parts: 2, leastPart: 20 }),
  // JSON web tokens
  ...alike('eyJ', { least: 10, made: 'any', parts: 2, leastPart: 10 }),
];

/** By the code of the first character. */
export const secretForms: ReadonlyMap<number, readonly SecretForm[]> = Map.groupBy(forms, ({ prefix }) =>
  prefix.charCodeAt(0),
);

/** Names behind which a key stands that has no form of its own, with its length in base64. */
export const secretNames: ReadonlyMap<string, number> = new Map([
  ['aws_secret_access_key', 40],
  ['secretaccesskey', 40],
  ['secret_access_key', 40],
  ['accountkey', 86],
]);
