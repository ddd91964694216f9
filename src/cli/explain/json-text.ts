/** JSON for other programs: sizes in bytes become numbers where they fit. */
export function jsonText(value: unknown): string {
  return JSON.stringify(
    value,
    (_key, entry: unknown) => (typeof entry === 'bigint' ? Number(entry) : entry),
    2,
  );
}
