import type { ObjectName } from './catalog.ts';

/** `project.dataset.name`, for messages, records and as a key. */
export function fullName({ project, dataset, name }: ObjectName): string {
  return `${project}.${dataset}.${name}`;
}
