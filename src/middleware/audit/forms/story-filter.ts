import { told, type CallStory } from './call-story.ts';

/** Which calls somebody looks for; everything that is given has to fit. */
export interface StoryFilter {
  /** The principal, or somebody on whose behalf it acts. */
  readonly principal?: string | undefined;
  readonly agent?: string | undefined;
  readonly session?: string | undefined;
  /** `customers`, `shop.customers` or `acme.shop.customers`, read or written. */
  readonly table?: string | undefined;
  /** `email`, `customers.email`, …: read, or of influence on the answer. */
  readonly column?: string | undefined;
  /** A rule that spoke, or that refused. */
  readonly rule?: string | undefined;
  /** Begun at this moment or later. */
  readonly since?: Date | undefined;
  /** Begun before this moment. */
  readonly until?: Date | undefined;
  /** Anywhere in what was recorded, whatever the case. */
  readonly text?: string | undefined;
}

export function fits(story: CallStory, filter: StoryFilter): boolean {
  const [first] = story.events;
  if (first === undefined) return false;
  const { principal, agent, session } = first;
  const decision = told(story, 'decision.made');
  const began = Date.parse(first.time);
  return (
    (filter.principal === undefined ||
      principal?.id === filter.principal ||
      principal?.delegation.includes(filter.principal) === true) &&
    (filter.agent === undefined || agent?.name === filter.agent) &&
    (filter.session === undefined || session === filter.session) &&
    named(filter.table, decision?.tables) &&
    named(filter.column, decision?.columns) &&
    (filter.rule === undefined || rulesOf(story).has(filter.rule)) &&
    (filter.since === undefined || began >= filter.since.getTime()) &&
    (filter.until === undefined || began < filter.until.getTime()) &&
    (filter.text === undefined || holds(story, filter.text))
  );
}

/** Names may leave out what comes first. */
function named(name: string | undefined, among: readonly string[] = []): boolean {
  if (name === undefined) return true;
  const wanted = `.${name}`.toLowerCase();
  return among.some((each) => `.${each}`.toLowerCase().endsWith(wanted));
}

function rulesOf(story: CallStory): ReadonlySet<string> {
  const decision = told(story, 'decision.made');
  const reasons = [...(decision?.reasons ?? []), ...(told(story, 'call.failed')?.reasons ?? [])];
  return new Set([...(decision?.rules ?? []), ...reasons.map(({ rule }) => rule)]);
}

/** In the texts themselves, and not in the way JSON writes them. */
function holds({ events }: CallStory, text: string): boolean {
  const wanted = JSON.stringify(text).slice(1, -1).toLowerCase();
  return events.some(({ data }) => JSON.stringify(data).toLowerCase().includes(wanted));
}
