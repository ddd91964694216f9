/**
 * ESM-only packages: `require()` of them breaks Jest, so they are written into our files. So is `js-yaml`, which would
 * bring the parser of its command line along.
 */
export const inlined: readonly string[] = [
  '@noble/ciphers',
  '@marcbachmann/cel-js',
  'canonicalize',
  'is-network-error',
  'jose',
  'js-yaml',
  'p-retry',
];
