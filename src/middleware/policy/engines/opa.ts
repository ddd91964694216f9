import { createHash } from 'node:crypto';
import { isJsonObject, type Json, type JsonObject } from '../../../call/json.ts';
import type { Reason } from '../../../errors.ts';
import type { ColumnMask, Decision } from '../decision.ts';
import type { ApprovalRequirement } from '../requirement.ts';
import type { Policy, PolicyContext, PolicyFacts } from '../engine.ts';
import { plainMaskNames } from '../mask-choice.ts';
import { engineInput } from './engine-input.ts';

export interface OpaOptions {
  /** The document that decides: `http://127.0.0.1:8181/v1/data/guard/decision`. */
  readonly url: string;
  /** Stands in decisions and reasons; `opa`. */
  readonly name?: string;
  /** The bearer token that OPA asks for. */
  readonly token?: string;
  /** Milliseconds until a call is denied because OPA has not answered; 2,000. */
  readonly timeout?: number;
}

/**
 * Lets Open Policy Agent decide beside the rules, by its Data API
 * (https://www.openpolicyagent.org/docs/rest-api#data-api). The document is `true`, `false`, or
 * `{ effect, reason?, rules?, masks?, approval? }`. Anything else, no answer and no document deny the call.
 *
 * ```ts
 * policy({ document, jobs, catalog, native, engines: [opa({ url: 'http://127.0.0.1:8181/v1/data/guard/decision' })] });
 * ```
 */
export function opa({ url, name = 'opa', token, timeout = 2_000 }: OpaOptions): Policy {
  const address = new URL(url);
  address.searchParams.set('provenance', 'true');
  return {
    name,
    async decide(facts, context) {
      const answer = await ask(address, token, timeout, facts, context);
      // Which rules OPA had then: the revisions of its bundles, where it has any.
      const rules = JSON.stringify([url, answer['provenance'] ?? null]);
      const policyDigest = createHash('sha256').update(rules).digest('hex');
      return decisionOf(answer['result'], { name, policyDigest });
    },
  };
}

const longest = 1024 * 1024;

async function ask(
  url: URL,
  token: string | undefined,
  timeout: number,
  facts: PolicyFacts,
  context: PolicyContext,
): Promise<JsonObject> {
  // Only those who use it wait for it to load.
  const { request } = await import('undici');
  const { statusCode, body } = await request(url, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ input: engineInput(facts, context) }),
    signal: AbortSignal.timeout(timeout),
  });
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    if (!Buffer.isBuffer(chunk)) throw new TypeError('OPA answered no bytes.');
    size += chunk.length;
    if (size > longest) throw new TypeError('OPA answered more than a decision.');
    chunks.push(chunk);
  }
  if (statusCode !== 200) throw new TypeError(`OPA answered with status ${statusCode}.`);
  const answer: Json = JSON.parse(Buffer.concat(chunks).toString('utf8'));
  if (!isJsonObject(answer)) throw new TypeError('OPA answered no object.');
  return answer;
}

interface About {
  readonly name: string;
  readonly policyDigest: string;
}

const known = new Set(['effect', 'reason', 'rules', 'masks', 'approval']);

/** Throws for what is no decision; whoever asked denies then. */
function decisionOf(result: Json | undefined, { name, policyDigest }: About): Decision {
  const said: Json | undefined = typeof result === 'boolean' ? { effect: result ? 'allow' : 'deny' } : result;
  if (!isJsonObject(said)) throw new TypeError('The document of OPA is not defined, or no decision.');
  const odd = Object.keys(said).find((key) => !known.has(key));
  if (odd !== undefined) throw new TypeError('The document of OPA has a key that is not known.');
  const reasons: readonly [Reason] = [{ rule: name, message: reasonOf(said['reason']) }];
  const decided = { policyDigest, rules: [name, ...textsOf(said['rules']).map((rule) => `${name}/${rule}`)] };
  if (said['effect'] === 'deny') return { ...decided, effect: 'deny', reasons };
  const masks = listOf(said['masks']).map((mask) => maskOf(mask, name));
  if (said['effect'] === 'allow') return { ...decided, effect: 'allow', masks };
  if (said['effect'] !== 'require-approval') throw new TypeError('The effect that OPA names is not known.');
  return { ...decided, effect: 'require-approval', reasons, masks, approval: approvalOf(said['approval']) };
}

function reasonOf(value: Json | undefined): string {
  if (value === undefined)
    return 'The policy engine does not let this call pass. Ask for less, or ask its owner.';
  if (typeof value !== 'string') throw new TypeError('A reason of OPA is no text.');
  return value;
}

function listOf(value: Json | undefined): readonly Json[] {
  if (value === undefined) return [];
  if (!Array.isArray(value)) throw new TypeError('OPA wrote something else where a list belongs.');
  return value;
}

function textsOf(value: Json | undefined): readonly string[] {
  return listOf(value).map((each) => {
    if (typeof each !== 'string') throw new TypeError('OPA wrote something else where a text belongs.');
    return each;
  });
}

/** `{ column: 'acme.shop.customers.email', with: 'nullify' }`, the column as `facts.columns` has it. */
function maskOf(value: Json, rule: string): ColumnMask {
  const { column, with: name } = isJsonObject(value) ? value : {};
  const mask = plainMaskNames.find((each) => each === name);
  const parts = typeof column === 'string' ? column.split('.') : [];
  const [project, dataset, table, ...path] = parts;
  if (
    mask === undefined ||
    project === undefined ||
    dataset === undefined ||
    table === undefined ||
    path.length === 0
  )
    throw new TypeError('A mask of OPA names no column or no mask.');
  return { table: { project, dataset, name: table }, path, with: mask, rule };
}

/** `{ approvers: ['ana'], quorum: 1, expiresInSeconds: 3600 }` */
function approvalOf(value: Json | undefined): ApprovalRequirement {
  const { approvers, quorum = 1, expiresInSeconds = 3600 } = isJsonObject(value) ? value : {};
  const [one, ...others] = textsOf(approvers);
  if (one === undefined || typeof quorum !== 'number' || typeof expiresInSeconds !== 'number')
    throw new TypeError('OPA asks for an approval and names nobody, or no numbers.');
  return { approvers: [one, ...others], quorum, expiresInMs: expiresInSeconds * 1000 };
}
