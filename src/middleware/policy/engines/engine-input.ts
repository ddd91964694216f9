import type { PolicyContext, PolicyFacts } from '../engine.ts';
import type { AccessPair } from '../access.ts';
import { variablesOf } from '../variables.ts';

/** What an engine outside of this process is told of a call: the variables of conditions, and what the call does. */
export interface EngineInput {
  readonly principal: unknown;
  readonly agent: unknown;
  readonly session: unknown;
  readonly call?: unknown;
  readonly facts?: unknown;
  /** Only where a rule of the file asked for it. */
  readonly cost?: unknown;
  /** RFC 3339 */
  readonly now?: string;
  readonly pairs: readonly AccessPair[];
}

/** As plain JSON: whole numbers are numbers. Columns are `project.dataset.table.column`, in `facts.columns`. */
export function engineInput(facts: PolicyFacts, context: PolicyContext): EngineInput {
  const { facts: known, ...rest } = variablesOf({ ...facts, ...context }, () => ({}));
  // Tags are those of the policy file; an engine has its own.
  const { taggedColumns: _tags, ...told } = { taggedColumns: {}, ...known };
  const input: EngineInput = JSON.parse(
    JSON.stringify({ ...rest, facts: told, pairs: facts.pairs }, (_key, value: unknown) =>
      typeof value === 'bigint' ? Number(value) : value,
    ),
  );
  return input;
}
