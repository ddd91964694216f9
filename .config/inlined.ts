/**
 * ESM-only packages: `require()` of them breaks Jest, so they are written into our files.
 */
export const inlined: readonly string[] = [
  '@noble/ciphers',
  '@marcbachmann/cel-js',
  'canonicalize',
  'is-network-error',
  'jose',
  'p-retry',
];
