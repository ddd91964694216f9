import { expect, it } from 'vitest';
import { callStories } from '../../../src/middleware/audit/forms/call-story.ts';
import { fits, type StoryFilter } from '../../../src/middleware/audit/forms/story-filter.ts';
import { memoryStore } from '../../../src/middleware/audit/index.ts';
import { callOf, hr, shop } from './calls.ts';

async function found(filter: StoryFilter): Promise<readonly string[]> {
  const store = memoryStore();
  const [first, second] = [
    callOf('c1', shop, 'SELECT email FROM shop.customers', '2026-11-25T10:00:00.000Z'),
    callOf('c2', hr, 'SELECT "pay" FROM hr.salaries', '2026-11-25T11:00:00.000Z', 'refused'),
  ] as const;
  // Calls at the same time stand between each other.
  const [a, b] = [first.slice(0, 2), first.slice(2)];
  await store.append([...a, ...second, ...b]);
  await store.append(callOf('c3', shop, 'SELECT 1', '2026-11-25T12:00:00.000Z', 'open'));
  const calls: string[] = [];
  for await (const story of callStories(store.events())) if (fits(story, filter)) calls.push(story.call);
  return calls.toSorted();
}

it.each<[StoryFilter, readonly string[]]>([
  [{}, ['c1', 'c2', 'c3']],
  [{ principal: 'ana' }, ['c1', 'c3']],
  [{ principal: 'portal' }, ['c1', 'c3']],
  [{ principal: 'an' }, []],
  [{ agent: 'reporter', until: new Date('2026-11-25T11:30:00Z') }, ['c1']],
  [{ session: 's1', since: new Date('2026-11-25T10:00:00.001Z') }, ['c3']],
  [{ since: new Date('2026-11-25T11:00:00Z'), until: new Date('2026-11-25T12:00:00Z') }, ['c2']],
  [{ table: 'hr.salaries' }, ['c2']],
  [{ table: 'SALARIES' }, ['c2']],
  [{ table: 'aries' }, []],
  [{ column: 'customers.email' }, ['c1', 'c3']],
  [{ rule: 'no-hr' }, ['c2']],
  [{ text: 'select "PAY"' }, ['c2']],
  [{ principal: 'ana', rule: 'no-hr' }, []],
])('%j fits %j', async (filter, calls) => {
  expect(await found(filter)).toEqual(calls);
});
