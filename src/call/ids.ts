import type { IdName } from './operation.ts';

const word = /^[A-Za-z0-9_-]+$/;

/** `my-project`, `example.com:my-project`, or a project number. */
const projectId = /^(?:[a-z0-9][a-z0-9.-]*:)?[a-z0-9][a-z0-9-]*$/;

/** Letters, marks, numbers, connectors, dashes and inner spaces; then perhaps a partition or snapshot decorator. */
const tableId =
  /^[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}](?:[\p{L}\p{M}\p{N}\p{Pc}\p{Pd} ]*[\p{L}\p{M}\p{N}\p{Pc}\p{Pd}])?$/u;
const decorator = /[$@].*$/s;

const maximumBytes = 1024;

/** Whether BigQuery could know this id. What it could not know never becomes part of a path. */
export function isId(kind: IdName, id: string): boolean {
  if (Buffer.byteLength(id) > maximumBytes) return false;
  if (kind === 'projectId') return projectId.test(id);
  if (kind !== 'tableId') return word.test(id);
  const name = withoutDecorator(id);
  return tableId.test(name) && (name === id || word.test(id.slice(name.length + 1)));
}

/** The table of `events$20260101` or `events@-3600000` is `events`. */
export function withoutDecorator(id: string): string {
  return id.replace(decorator, '');
}
