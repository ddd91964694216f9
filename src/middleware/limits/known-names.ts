import type { Call } from '../../call/call.ts';
import { queryRequest } from '../../call/query-request.ts';

/** Whatever looks like the name of something: quoted, with an underscore or digit, or of several parts. */
const names =
  /`([^`]*)`|'([^']*)'|"([^"]*)"|[\p{L}\d_$*-]+(?:[.:][\p{L}\d_$*-]+)+|[\p{L}\d]*[_\d][\p{L}\d_]*/gu;

/** These go beyond the caller's text: into views, or to columns that it did not name. */
const beyond = /did you mean|\bviews?\b|\bmaterialized\b|\broutines?\b|row access|policy tag/i;

/**
 * Whether a message of BigQuery names only what stands in the caller's own text. When in doubt it does not: a hint
 * such as "did you mean" or an error within a view would tell of columns and tables that nobody asked for.
 */
export function namesOnlyKnown(message: string, call: Call): boolean {
  const sql = queryRequest(call)?.sql.toLowerCase() ?? '';
  const known = `${sql} ${call.project.toLowerCase()} ${JSON.stringify(call.body ?? {}).toLowerCase()}`;
  const text = message.replaceAll(/\[\d{1,9}:\d{1,9}\]/g, '').toLowerCase();
  if (beyond.test(text)) return false;
  const parts = [...text.matchAll(names)].flatMap(([all, ...quoted]) =>
    (quoted.find((part) => part !== undefined) ?? all).split(/[.:`\s]+/),
  );
  return parts.every((part) => part === '' || known.includes(part) || isTypeName(part));
}

const isTypeName = (word: string): boolean => /^(?:int64|float64|bytes|struct<.*|array<.*)$/.test(word);
