import { z } from 'zod';
import { parseBytes } from '../middleware/policy/byte-size.ts';

/** What a fixture file says once it is read: calls, and what the policy must make of them. */
export interface FixtureFile {
  readonly $schema?: string | undefined;
  readonly version: 1;
  /** The policy file, seen from this one. */
  readonly policy: string;
  /** The catalog file, seen from this one. */
  readonly catalog?: string | undefined;
  readonly principals: Readonly<Record<string, FixturePrincipal>>;
  readonly tests: readonly Fixture[];
}

export interface FixturePrincipal {
  readonly id: string;
  readonly groups: readonly string[];
  readonly delegation: readonly string[];
}

export interface Fixture {
  readonly name: string;
  /** A name in `principals`, or the principal itself. */
  readonly principal: string | FixturePrincipal;
  readonly agent?: string | undefined;
  readonly sql?: string | undefined;
  /** The dataset of names in the SQL that have none. */
  readonly dataset?: string | undefined;
  /** Instead of SQL: a request of BigQuery's REST interface. */
  readonly request?: { readonly method: string; readonly path: string; readonly body?: unknown } | undefined;
  /** What a dry run would say. */
  readonly bytes?: bigint | undefined;
  /** The time of the call. */
  readonly now?: string | undefined;
  readonly expect: Expectation;
}

/** What is not named is not compared. */
export interface Expectation {
  readonly effect: 'allow' | 'require-approval' | 'deny';
  readonly code?: string | undefined;
  /** Exactly these rules decide. */
  readonly rules?: readonly string[] | undefined;
  /** Exactly these columns are masked: `shop.customers.email: nullify`. */
  readonly masks?: Readonly<Record<string, string>> | undefined;
  readonly limits?: ExpectedLimits | undefined;
  readonly approvers?: readonly string[] | undefined;
  readonly quorum?: number | undefined;
  /** The text that is sent. */
  readonly sql?: string | undefined;
}

export interface ExpectedLimits {
  readonly maximumBytesBilled?: bigint | undefined;
  readonly rows?: number | undefined;
  readonly concurrent?: number | undefined;
  readonly callsPerMinute?: number | undefined;
}

const name = z.string().min(1).max(256);

const bytes = z
  .string()
  .regex(/^\d{1,15}\s?([KMGT]i?B|B)$/, 'a whole number and a unit: 500 MB, 10 GiB')
  .transform((text) => parseBytes(text) ?? 0n);

const principal = z.strictObject({
  id: name,
  groups: z.array(name).default([]),
  delegation: z.array(name).default([]),
});

const count = z.int().min(1);

const expectation = z.strictObject({
  effect: z.enum(['allow', 'require-approval', 'deny']),
  code: z
    .string()
    .regex(/^ERR_[A-Z_]+$/, 'a code such as ERR_POLICY_DENIED')
    .optional(),
  rules: z.array(name).optional(),
  masks: z.record(name, name).optional(),
  limits: z
    .strictObject({
      maximumBytesBilled: bytes.optional(),
      rows: count.optional(),
      concurrent: count.optional(),
      callsPerMinute: count.optional(),
    })
    .optional(),
  approvers: z.array(name).optional(),
  quorum: count.optional(),
  sql: z.string().optional(),
});

const fixture = z
  .strictObject({
    name,
    principal: z.union([name, principal]),
    agent: name.optional(),
    sql: z.string().min(1).optional(),
    dataset: name.optional(),
    request: z
      .strictObject({
        method: z.enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
        /** Below `/bigquery/v2`: `/projects/acme/datasets/shop`. */
        path: z.string().min(1),
        body: z.json().optional(),
      })
      .optional(),
    bytes: bytes.optional(),
    now: z.iso.datetime().optional(),
    expect: expectation,
  })
  .refine(({ sql, request }) => (sql === undefined) !== (request === undefined), {
    message: 'a test has either sql or request',
  });

/** The shape of a fixture file. `z.toJSONSchema` of this is published as `fixtures.schema.json`. */
export const fixtureFile: z.ZodType<FixtureFile> = z
  .strictObject({
    $schema: z.string().optional(),
    version: z.literal(1),
    policy: z.string().min(1),
    catalog: z.string().min(1).optional(),
    principals: z.record(name, principal).default({}),
    tests: z.array(fixture).min(1),
  })
  .check((context) => {
    const seen = new Set<string>();
    for (const [index, test] of context.value.tests.entries()) {
      const fault = (key: string, message: string): void => {
        context.issues.push({ code: 'custom', message, path: ['tests', index, key], input: test });
      };
      if (seen.has(test.name)) fault('name', `the name ${JSON.stringify(test.name)} stands there twice`);
      seen.add(test.name);
      if (typeof test.principal === 'string' && context.value.principals[test.principal] === undefined)
        fault('principal', `${JSON.stringify(test.principal)} is not among principals`);
    }
  });
