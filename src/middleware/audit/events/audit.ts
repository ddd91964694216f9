import { count, digest, text } from './definition.ts';
import type { EventDefinition } from './definition.ts';

export interface AuditOpened {
  readonly process: number;
  readonly host: string;
  /** The key that signs the heads of this chain, by the SHA-256 of its public part. */
  readonly key?: string;
}

export const auditOpened: EventDefinition<AuditOpened> = {
  version: 1,
  summary: 'A process begins to write.',
  required: ['process', 'host'],
  properties: { process: count, host: text, key: digest },
};

export interface AuditClosed {
  readonly process: number;
}

export const auditClosed: EventDefinition<AuditClosed> = {
  version: 1,
  summary: 'The process has stopped writing in good order.',
  required: ['process'],
  properties: { process: count },
};

export interface AuditRecovered {
  /** `torn`: a write was cut off by a crash. `unavailable`: the disk refused for a while. */
  readonly cause: 'torn' | 'unavailable';
  /** Torn: how much was set aside, and what it was. */
  readonly bytes?: number;
  readonly digest?: string;
  /** Unavailable: the system's code, and how many records were refused. */
  readonly code?: string;
  readonly refused?: number;
}

export const auditRecovered: EventDefinition<AuditRecovered> = {
  version: 1,
  summary: 'Writing goes on after a crash or an outage.',
  required: ['cause'],
  properties: {
    cause: { enum: ['torn', 'unavailable'] },
    bytes: count,
    digest,
    code: text,
    refused: count,
  },
};
