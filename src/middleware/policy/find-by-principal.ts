import type { Agent, Principal } from '../../call/principal.ts';
import { append } from './append.ts';
import type { PrincipalSelector } from './document.ts';
import { groupsOf } from './select-principal.ts';

/** Finds items by the principals that they name, without looking at all of them. */
export interface PrincipalIndex<Item> {
  add(selector: PrincipalSelector | undefined, item: Item): void;
  /** What names nobody in particular, and what names this principal; an item may come twice, and others may come, too. */
  of(principal: Principal, agent: Agent | undefined): readonly Item[];
}

/** Among so few, looking at each is faster than finding them, and takes less memory. */
const few = 8;

export function principalIndex<Item>(): PrincipalIndex<Item> {
  const added: (readonly [PrincipalSelector | undefined, Item])[] = [];
  let index: PrincipalIndex<Item> | undefined;
  return {
    add(selector, item) {
      if (index === undefined) added.push([selector, item]);
      else index.add(selector, item);
      if (added.length <= few) return;
      index = fullIndex();
      for (const entry of added.splice(0)) index.add(...entry);
    },
    of: (principal, agent) => index?.of(principal, agent) ?? added.map(([, item]) => item),
  };
}

function fullIndex<Item>(): PrincipalIndex<Item> {
  const everybody: Item[] = [];
  const ids = new Map<string, Item[]>();
  const groups = new Map<string, Item[]>();
  const agents = new Map<string, Item[]>();
  const delegates = new Map<string, Item[]>();
  return {
    add(selector, item) {
      if (selector === undefined) everybody.push(item);
      for (const id of selector?.ids ?? []) append(ids, id, item);
      for (const group of selector?.groups ?? []) append(groups, group, item);
      for (const name of selector?.agents ?? []) append(agents, name, item);
      for (const id of selector?.delegates ?? []) append(delegates, id, item);
    },
    of(principal, agent) {
      return [
        ...everybody,
        ...(ids.get(principal.id) ?? []),
        ...inGroups(groups, principal),
        ...(agent === undefined ? [] : (agents.get(agent.name) ?? [])),
        ...principal.delegation.flatMap((id) => delegates.get(id) ?? []),
      ];
    },
  };
}

/** Goes through whichever is shorter: a token may claim thousands of groups, and a policy name thousands. */
function inGroups<Item>(named: ReadonlyMap<string, Item[]>, principal: Principal): readonly Item[] {
  if (named.size > principal.groups.length)
    return principal.groups.flatMap((group) => named.get(group) ?? []);
  const groups = groupsOf(principal);
  return [...named].flatMap(([group, items]) => (groups.has(group) ? items : []));
}
