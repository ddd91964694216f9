import { isJsonObject, type Json, type JsonObject } from '../../call/json.ts';

/** One request in a list. */
export function line(request: JsonObject): string {
  const { id, state, expiresAt, what, principal, needed } = request;
  return `${said(id)}  ${said(state)}  until ${said(expiresAt)}  ${said(what)} by ${said(principal)}, ${said(needed)} needed`;
}

/** One request in full: its statement first, then everything else that is said of it. */
export function describeRequest({ id, state, request }: JsonObject): string {
  const { statement, ...rest } = isJsonObject(request) ? request : {};
  const { sql, ...about } = isJsonObject(statement) ? statement : {};
  const lines = Object.entries({ ...about, ...rest }).flatMap(([name, value]) =>
    value === undefined || (Array.isArray(value) && value.length === 0) ? [] : [`${name}: ${said(value)}`],
  );
  return [`${said(id)} is ${said(state)}`, ...(sql === undefined ? [] : [said(sql)]), lines.join('\n')].join(
    '\n\n',
  );
}

/** What a service sends may hold what a terminal would obey. */
function said(value: Json | undefined): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value ?? '');
  return text.replaceAll(
    /(?![\n\t])\p{C}/gu,
    (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`,
  );
}
