import type { Cost } from '../limits/cost.ts';
import { fullName } from '../../sql/full-name.ts';
import type { DecisionRequest } from './decide.ts';

/** The longest list that conditions go through: so many groups one token may claim. */
export const longestList = 10_000;

/** Variables that are known only once the statement was analysed, or its cost asked for. */
export const lateVariables = ['facts', 'cost'] as const;

export type LateVariable = (typeof lateVariables)[number];

/** What conditions see; a variable that is absent cannot be judged. Whole numbers are `bigint`, as in CEL. */
export interface Variables {
  readonly principal: object;
  readonly agent?: object;
  readonly session?: object;
  readonly call?: object;
  readonly facts?: object;
  readonly cost?: object;
  readonly now?: Date;
}

/** `tagged`: how many columns that are read, or decide the result, carry each tag of the policy. */
export function variablesOf(
  request: DecisionRequest,
  tagged: () => Readonly<Record<string, bigint>>,
): Variables {
  const { principal, agent, session, call, cost, now, pending } = request;
  const { id, delegation, verified } = principal;
  // A list that is too long to go through is left out.
  const groups = principal.groups.length > longestList ? undefined : principal.groups;
  return {
    principal: { id, groups, delegation, verified },
    agent: { name: agent?.name ?? '', version: agent?.version ?? '', model: agent?.model ?? '' },
    session: { id: session?.id ?? '' },
    ...(call !== undefined && {
      call: { operation: call.operation, class: call.class, project: call.project },
    }),
    ...(pending !== 'facts' && { facts: factsOf(request, tagged()) }),
    ...(cost !== undefined && { cost: costOf(cost) }),
    // A clock that tells no time leaves the variable out, and whatever needs it cannot be judged.
    ...(now !== undefined && Number.isFinite(now.getTime()) && { now }),
  };
}

/** Calls without a statement have empty facts: they name no column twice and join nothing. */
function factsOf(
  { facts, columns, pairs, pending }: DecisionRequest,
  taggedColumns: Readonly<Record<string, bigint>>,
): object {
  const tables = pairs.flatMap(({ object }) =>
    object.kind === 'table' ? [fullName({ ...object, name: object.table })] : [],
  );
  return {
    kind: facts?.kind ?? '',
    statements: BigInt(facts?.statements.length ?? 0),
    tables: [...new Set(tables)],
    functions: facts?.functions ?? [],
    routines: facts?.routines.map(fullName) ?? [],
    selectsStar: facts?.flags.selectsStar ?? false,
    crossJoin: facts?.flags.crossJoin ?? false,
    scripting: facts?.flags.scripting ?? false,
    dml: facts?.flags.dml ?? false,
    ddl: facts?.flags.ddl ?? false,
    replaces: facts?.flags.replaces ?? false,
    unbounded: facts?.flags.unbounded ?? false,
    fingerprint: facts?.fingerprint ?? '',
    ...(pending !== 'objects' && {
      columns: columns.map(({ table, path }) => `${fullName(table)}.${path.join('.')}`),
      taggedColumns,
    }),
  };
}

/**
 * What is unknown is left out: a condition over it cannot be judged. Of what BigQuery knows only a lower bound, as of
 * scripts, "no more than" would always be true.
 */
function costOf({ bytes, billedBytes, price, referencedTables, bounded }: Cost): object {
  return {
    ...(bounded && { bytes, billedBytes }),
    ...(bounded && price !== undefined && { price }),
    referencedTables: referencedTables.map(fullName),
    bounded,
  };
}
