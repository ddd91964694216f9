import { digest, text } from './definition.ts';
import type { EventDefinition } from './definition.ts';

export interface PolicyChanged {
  readonly policyDigest: string;
  readonly previousDigest?: string;
  readonly by?: string;
}

export const policyChanged: EventDefinition<PolicyChanged> = {
  version: 1,
  summary: 'Another policy is in force from here on.',
  required: ['policyDigest'],
  properties: { policyDigest: digest, previousDigest: digest, by: text },
};
