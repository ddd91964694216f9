import { GuardError } from '../errors.ts';
import type { StoryFilter } from '../middleware/audit/forms/story-filter.ts';

/** How the command line says which calls are meant. */
export interface FilterOptions extends Omit<StoryFilter, 'since' | 'until'> {
  readonly since?: string;
  readonly until?: string;
}

/** @throws {GuardError} ERR_CONFIG for what is no time. */
export function storyFilter({ since, until, ...rest }: FilterOptions): StoryFilter {
  return {
    principal: rest.principal,
    agent: rest.agent,
    session: rest.session,
    table: rest.table,
    column: rest.column,
    rule: rest.rule,
    text: rest.text,
    ...(since !== undefined && { since: timeOf(since, '--since') }),
    ...(until !== undefined && { until: timeOf(until, '--until') }),
  };
}

function timeOf(text: string, option: string): Date {
  const time = new Date(text);
  if (Number.isFinite(time.getTime())) return time;
  throw new GuardError('ERR_CONFIG', `${option} is no time. Write it as 2026-11-25 or 2026-11-25T10:00:00Z.`);
}
