import { count, text } from './definition.ts';
import type { EventDefinition } from './definition.ts';

export interface TokensDetokenized {
  /** The entry of `masks` that made them. */
  readonly mask: string;
  /** The name of its key. */
  readonly key: string;
  readonly tokens: number;
  /** How many of them were tokens of this mask. */
  readonly found: number;
}

export const tokensDetokenized: EventDefinition<TokensDetokenized> = {
  version: 1,
  summary:
    'Tokens were turned back into values. Durable before the caller gets them; says how many, not which.',
  required: ['mask', 'key', 'tokens', 'found'],
  properties: { mask: text, key: text, tokens: count, found: count },
};
