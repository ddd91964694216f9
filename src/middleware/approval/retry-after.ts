/** A longer wait than any timer holds is as good as a day. */
const longest = 86_400_000;

/** Milliseconds that a `Retry-After` header asks for (RFC 9110, 10.2.3): seconds or a date. */
export function readRetryAfter(header: string | undefined, now: Date): number {
  if (header === undefined) return 0;
  if (/^\d{1,9}$/.test(header)) return Math.min(longest, Number(header) * 1000);
  const date = Date.parse(header);
  return Number.isNaN(date) ? 0 : Math.min(longest, Math.max(0, date - now.getTime()));
}
