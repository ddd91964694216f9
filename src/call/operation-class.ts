/** What a method does, the coarsest thing a rule can name. */
export type OperationClass =
  | 'read'
  | 'write'
  | 'ddl'
  | 'export'
  | 'admin'
  | 'metadata'
  | 'job'
  /** The guard's own: tokens of masks are turned back. */
  | 'detokenize'
  | 'unknown';

export type OperationName = string;
