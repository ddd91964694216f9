/** Who a call is made for. `delegation` lists the identities in between, the nearest to the call last. */
export interface Principal {
  readonly id: string;
  readonly groups: readonly string[];
  readonly delegation: readonly string[];
  /** True when an identity provider or token vouches for it; false when the process itself says so. */
  readonly verified: boolean;
}

export interface Agent {
  readonly name: string;
  readonly version?: string;
  readonly model?: string;
  readonly toolCallId?: string;
}

export interface Session {
  readonly id: string;
  readonly prompt?: string;
  /** What for, in a word that policies know: `fraud-case`. */
  readonly purpose?: string;
}

/** The principal as it is now, never to be changed again: one that was frozen here before is given back as it is. */
export function freezePrincipal(principal: Principal): Principal {
  const { groups, delegation } = principal;
  if ([principal, groups, delegation].every((part) => Object.isFrozen(part))) return principal;
  return Object.freeze({
    ...principal,
    groups: Object.freeze([...groups]),
    delegation: Object.freeze([...delegation]),
  });
}
