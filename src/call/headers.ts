import { isJsonObject } from './json.ts';

const overrides = new Set(['x-http-method', 'x-http-method-override', 'x-method-override']);

/** A header that makes Google read another method than the one that was judged. */
export function headerFlaw(headers: unknown): string | undefined {
  const name = isJsonObject(headers)
    ? Object.keys(headers).find((header) => overrides.has(header.toLowerCase()))
    : undefined;
  return name === undefined ? undefined : `The header ${name.toLowerCase()} cannot be sent.`;
}
