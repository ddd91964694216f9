import { contextKey, type ContextKey } from '../../call/context.ts';

/**
 * `before`: nothing is sent until its record is durable. `overlapped`: a read may be on its way while its
 * record is written, and its answer waits for both.
 */
export type Durability = 'before' | 'overlapped';

export const durabilityKey: ContextKey<Durability> = contextKey<Durability>('audit durability', 'before');
