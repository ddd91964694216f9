import { expect, it } from 'vitest';
import { compilePolicy } from '../../../../src/middleware/policy/compile.ts';
import type { Rule } from '../../../../src/middleware/policy/document.ts';
import { permissionOf } from '../../../../src/middleware/policy/permission.ts';
import { revealProjects } from '../../../../src/middleware/policy/reveal/reveal-projects.ts';
import { asked, empty } from '../harness.ts';

const entry = (projectId: string): object => ({ id: projectId, projectReference: { projectId } });
const projects = ['acme', 'partner', 'secret'];

async function shown(rules: readonly Rule[]): Promise<unknown> {
  const permission = permissionOf(compilePolicy({ ...empty, rules }), asked, 'datasets.list');
  const body = {
    kind: 'bigquery#projectList',
    totalItems: 3,
    etag: 'e',
    nextPageToken: 'n',
    projects: projects.map(entry),
  };
  return revealProjects(JSON.parse(JSON.stringify(body)), permission);
}

const lists: Rule = { name: 'lists', operations: ['projects.list'], effect: 'allow' };
const reads = (datasets: readonly string[]): Rule => ({
  name: 'reads',
  operations: ['read'],
  datasets,
  effect: 'allow',
});
const page = { kind: 'bigquery#projectList', nextPageToken: 'n' };

it.each<[string, readonly Rule[], readonly string[]]>([
  ['none where only the list is allowed', [lists], []],
  ['those in which something may be read', [lists, reads(['shop', 'partner:ext'])], ['acme', 'partner']],
  [
    'all where a rule names no datasets',
    [{ name: 'all', operations: ['metadata'], effect: 'allow' }],
    projects,
  ],
])('the list of projects has %s, and tells of no others', async (_what, rules, names) => {
  const listed = names.map(entry);
  expect(await shown(rules)).toEqual(listed.length === 0 ? page : { ...page, projects: listed });
});
