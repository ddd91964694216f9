/** What the people who are asked must be and do; the strictest of all rules that fired. */
export interface ApprovalRequirement extends ApprovalStage {
  readonly expiresInMs: number;
  /** Who is asked next, group after group, once the ones before have approved. */
  readonly next?: readonly ApprovalStage[] | undefined;
  /** Every decision needs a comment. */
  readonly comment?: 'required' | undefined;
  /** Who may decide as well when nobody has for a while. The number of people stays the same. */
  readonly escalation?: EscalationTerms | undefined;
  /** Who may let the call run alone, in an emergency, with a reason, and how long that stands. */
  readonly breakGlass?: BreakGlassTerms | undefined;
  /** The most that an approver may grant beyond this one execution; nothing when absent. */
  readonly grants?: GrantOffer | undefined;
}

/** People of whom a number must approve. */
export interface ApprovalStage {
  /** Ids of the people who may decide; never empty. */
  readonly approvers: readonly [string, ...string[]];
  /** How many distinct people must approve. */
  readonly quorum: number;
}

export interface EscalationTerms {
  readonly afterMs: number;
  readonly approvers: readonly [string, ...string[]];
}

export interface BreakGlassTerms {
  readonly approvers: readonly [string, ...string[]];
  readonly expiresInMs: number;
}

export interface GrantOffer {
  readonly uses?: number | undefined;
  /** How long a grant may stand, in milliseconds. */
  readonly forMs?: number | undefined;
  /** A grant may stand as long as the session, within `forMs`. */
  readonly session?: boolean | undefined;
  /** A grant may cover queries of the same shape, which differ in literals and parameter values only. */
  readonly shape?: boolean | undefined;
  /** Ceilings of a grant by shape. */
  readonly bytes?: number | undefined;
  readonly rows?: number | undefined;
}

/**
 * All of the requirements at once: only people whom every one names, the highest quorum, the shortest time; what
 * one of them does not open stays closed. `undefined` when not enough people remain.
 */
export function strictestRequirement(all: readonly ApprovalRequirement[]): ApprovalRequirement | undefined {
  const [only, another] = all;
  if (only === undefined) return undefined;
  if (another === undefined) return isPossible(only) ? only : undefined;
  const quorum = Math.max(...all.map((each) => each.quorum));
  const approvers = sharedBy(all);
  if (approvers === undefined || approvers.length < quorum) return undefined;
  const next = all.flatMap((each) => each.next ?? []);
  const comment = all.some((each) => each.comment === 'required');
  const escalation = strictestEscalation(all.map((each) => each.escalation));
  const breakGlass = strictestBreakGlass(all.map((each) => each.breakGlass));
  const grants = smallestOffer(all.map((each) => each.grants));
  const merged = {
    approvers,
    quorum,
    expiresInMs: Math.min(...all.map((each) => each.expiresInMs)),
    ...(next.length > 0 && { next }),
    ...(comment && ({ comment: 'required' } as const)),
    ...(escalation !== undefined && { escalation }),
    ...(breakGlass !== undefined && { breakGlass }),
    ...(grants !== undefined && { grants }),
  };
  return isPossible(merged) ? merged : undefined;
}

const isPossible = ({ approvers, quorum, next = [] }: ApprovalRequirement): boolean =>
  [{ approvers, quorum }, ...next].every((stage) => stage.approvers.length >= stage.quorum);

function sharedBy(
  all: readonly Pick<ApprovalStage, 'approvers'>[],
): readonly [string, ...string[]] | undefined {
  const [first, ...rest] = all;
  const ids = new Set(first?.approvers.filter((id) => rest.every(({ approvers }) => approvers.includes(id))));
  const [one, ...others] = [...ids].toSorted();
  return one === undefined ? undefined : [one, ...others];
}

function strictestEscalation(all: readonly (EscalationTerms | undefined)[]): EscalationTerms | undefined {
  const terms = all.filter((each) => each !== undefined);
  const approvers = terms.length < all.length ? undefined : sharedBy(terms);
  if (approvers === undefined) return undefined;
  return { approvers, afterMs: Math.max(...terms.map((each) => each.afterMs)) };
}

function strictestBreakGlass(all: readonly (BreakGlassTerms | undefined)[]): BreakGlassTerms | undefined {
  const terms = all.filter((each) => each !== undefined);
  const approvers = terms.length < all.length ? undefined : sharedBy(terms);
  if (approvers === undefined) return undefined;
  return { approvers, expiresInMs: Math.min(...terms.map((each) => each.expiresInMs)) };
}

function smallestOffer(all: readonly (GrantOffer | undefined)[]): GrantOffer | undefined {
  const offers = all.filter((each) => each !== undefined);
  if (offers.length < all.length) return undefined;
  const least = (name: 'uses' | 'forMs'): number | undefined =>
    offers.every((each) => each[name] !== undefined)
      ? Math.min(...offers.flatMap((each) => each[name] ?? []))
      : undefined;
  const ceiling = (name: 'bytes' | 'rows'): number | undefined => {
    const stated = offers.flatMap((each) => each[name] ?? []);
    return stated.length === 0 ? undefined : Math.min(...stated);
  };
  return {
    uses: least('uses'),
    forMs: least('forMs'),
    session: offers.every((each) => each.session === true),
    shape: offers.every((each) => each.shape === true),
    bytes: ceiling('bytes'),
    rows: ceiling('rows'),
  };
}
