import type { Shape } from '../fields.ts';

/**
 * `get({ autoCreate: true, ...metadata })` of the official client sends the metadata along as query parameters.
 * BigQuery ignores them there, so they may pass, each as often as it comes.
 */
export function echoOf(resource: Shape): string {
  return [...resource.keys(), 'name', 'projectId'].map((name) => `${name}[]`).join(' ');
}
