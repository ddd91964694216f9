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

export interface PolicyRefused {
  /** Of the policy that stays in force. */
  readonly policyDigest: string;
  readonly fault: string;
}

export const policyRefused: EventDefinition<PolicyRefused> = {
  version: 1,
  summary: 'A new version of the policy file was not taken over; the old one stays in force.',
  required: ['policyDigest', 'fault'],
  properties: { policyDigest: digest, fault: text },
};
