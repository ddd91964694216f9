/** What a method does, the coarsest thing a rule can name. */
export type OperationClass = 'read' | 'write' | 'ddl' | 'export' | 'admin' | 'metadata' | 'job' | 'unknown';

export type OperationName = string;
