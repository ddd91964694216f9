/** ESM-only packages: `require()` of them breaks Jest, so they are written into our files. */
export const inlined: readonly string[] = [
  '@marcbachmann/cel-js',
  'canonicalize',
  'is-network-error',
  'p-retry',
];
