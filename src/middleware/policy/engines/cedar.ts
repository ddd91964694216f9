import { createHash } from 'node:crypto';
import type * as Cedar from '@cedar-policy/cedar-wasm/nodejs';
import { GuardError, type Reason } from '../../../errors.ts';
import type { AccessObject } from '../access.ts';
import type { Decision } from '../decision.ts';
import type { Policy } from '../engine.ts';
import { engineInput } from './engine-input.ts';

export interface CedarOptions {
  /** Policies in Cedar's language. */
  readonly policies: string;
  /** Stands in decisions and reasons; `cedar`. */
  readonly name?: string;
}

/**
 * Lets Cedar decide beside the rules, in this process, by `@cedar-policy/cedar-wasm`. Every pair of operation and object
 * is one request – `Guard::Principal`, `Guard::Action::"read"`, `Guard::Table::"acme.shop.orders"` – and all must be
 * permitted. Where a policy errors the call is denied, although Cedar itself would only skip that policy.
 * `@id` names a policy and `@reason` is what the caller is told.
 *
 * ```ts
 * const engine = await cedar({ policies: 'permit (principal in Guard::Group::"agents", action, resource);' });
 * ```
 * @throws {GuardError} ERR_CONFIG when the package is not installed, or the policies cannot be read.
 */
export async function cedar({ policies, name = 'cedar' }: CedarOptions): Promise<Policy> {
  const wasm = await load();
  const set = readPolicies(wasm, policies);
  const policyDigest = createHash('sha256').update(policies).digest('hex');
  return {
    name,
    decide(facts, context) {
      const { pairs, principal: _principal, ...rest } = engineInput(facts, context);
      const input = plain(rest);
      const asked = pairs.map(({ operation, method, object }) => {
        const resource = resourceOf(object);
        const answer = wasm.isAuthorized({
          principal: { type: 'Guard::Principal', id: context.principal.id },
          action: { type: 'Guard::Action', id: operation },
          resource: resource.uid,
          context: { ...input, method },
          policies: { staticPolicies: set.texts },
          entities: [principalOf(context.principal), ...resource.entities],
        });
        return permittedBy(answer);
      });
      return decisionOf(asked, { name, policyDigest, reasons: set.reasons });
    },
  };
}

async function load(): Promise<typeof Cedar> {
  try {
    return await import('@cedar-policy/cedar-wasm/nodejs');
  } catch (cause) {
    const message =
      'The package @cedar-policy/cedar-wasm is not installed. Install it beside bigquery-guard.';
    throw new GuardError('ERR_CONFIG', message, { cause });
  }
}

interface PolicySet {
  readonly texts: Record<string, string>;
  readonly reasons: ReadonlyMap<string, string>;
}

function readPolicies(wasm: typeof Cedar, text: string): PolicySet {
  const parts = wasm.policySetTextToParts(text);
  if (parts.type === 'failure') throw unreadable(parts.errors[0]?.message);
  if (parts.policy_templates.length > 0) throw unreadable('templates are not supported');
  const texts: Record<string, string> = {};
  const reasons = new Map<string, string>();
  for (const [index, policy] of parts.policies.entries()) {
    const read = wasm.policyToJson(policy);
    if (read.type === 'failure') throw unreadable(read.errors[0]?.message);
    const { id = `policy${index}`, reason } = read.json.annotations ?? {};
    const key = id ?? `policy${index}`;
    if (texts[key] !== undefined) throw unreadable(`the id ${key} stands there twice`);
    texts[key] = policy;
    if (typeof reason === 'string') reasons.set(key, reason);
  }
  return { texts, reasons };
}

function unreadable(why = 'they are no Cedar'): GuardError {
  return new GuardError('ERR_CONFIG', `The Cedar policies cannot be used: ${why}.`);
}

/** Cedar knows no null and no fractions; a price is a text there. */
function plain(value: unknown): Cedar.Context {
  const text = JSON.stringify(value, (_key, each: unknown) =>
    each === null ? undefined : typeof each === 'number' && !Number.isSafeInteger(each) ? String(each) : each,
  );
  const context: Cedar.Context = JSON.parse(text);
  return context;
}

function principalOf({
  id,
  groups,
  delegation,
  verified,
}: Parameters<Policy['decide']>[1]['principal']): Cedar.EntityJson {
  return {
    uid: { type: 'Guard::Principal', id },
    attrs: { delegation: [...delegation], verified },
    parents: groups.map((group) => ({ type: 'Guard::Group', id: group })),
  };
}

interface Resource {
  readonly uid: Cedar.TypeAndId;
  readonly entities: readonly Cedar.EntityJson[];
}

/** A table lies in its dataset, and that in its project. */
function resourceOf(object: AccessObject): Resource {
  if (object.kind === 'none') return chain([{ type: 'Guard::Nothing', id: 'nothing' }]);
  if (object.kind === 'tokens') return chain([{ type: 'Guard::Tokens', id: object.mask }]);
  const project = { type: 'Guard::Project', id: object.project };
  if (object.kind === 'project' || object.kind === 'datasets') return chain([project]);
  const dataset = { type: 'Guard::Dataset', id: `${object.project}.${object.dataset}` };
  if (object.kind === 'dataset') return chain([dataset, project]);
  return chain([{ type: 'Guard::Table', id: `${dataset.id}.${object.table}` }, dataset, project]);
}

function chain(uids: readonly [Cedar.TypeAndId, ...Cedar.TypeAndId[]]): Resource {
  const entities = uids.map((uid, index) => ({ uid, attrs: {}, parents: uids.slice(index + 1, index + 2) }));
  return { uid: uids[0], entities };
}

interface Answered {
  readonly permitted: boolean;
  readonly policies: readonly string[];
}

/** Throws when anything could not be judged; whoever asked denies then. */
function permittedBy(answer: Cedar.AuthorizationAnswer): Answered {
  if (answer.type === 'failure') throw new TypeError('Cedar could not read the request.');
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) throw new TypeError('A policy of Cedar could not be judged.');
  return { permitted: decision === 'allow', policies: diagnostics.reason };
}

function decisionOf(
  asked: readonly Answered[],
  about: {
    readonly name: string;
    readonly policyDigest: string;
    readonly reasons: ReadonlyMap<string, string>;
  },
): Decision {
  const { name, policyDigest } = about;
  const refused = asked.filter(({ permitted }) => !permitted);
  const decisive = refused.length > 0 ? refused : asked;
  const policies = [...new Set(decisive.flatMap((each) => each.policies))].toSorted();
  const rules = [name, ...policies.map((id) => `${name}/${id}`)];
  if (refused.length === 0 && asked.length > 0) return { effect: 'allow', policyDigest, rules, masks: [] };
  const told = policies.flatMap((id): readonly Reason[] => {
    const message = about.reasons.get(id);
    return message === undefined ? [] : [{ rule: `${name}/${id}`, message }];
  });
  const [
    first = {
      rule: name,
      message: 'No policy permits this call. Ask for less, or ask the owner of the policies.',
    },
    ...more
  ] = told;
  return { effect: 'deny', policyDigest, rules, reasons: [first, ...more] };
}
