import { count, flag, listOf, text, time } from './definition.ts';
import type { EventDefinition } from './definition.ts';

export interface CostEstimated {
  readonly bytes: number;
  readonly billedBytes: number;
  readonly bounded: boolean;
  /** Amount and currency. */
  readonly price?: string;
  readonly statementType?: string;
  readonly tables: readonly string[];
  readonly cached: boolean;
}

export const costEstimated: EventDefinition<CostEstimated> = {
  version: 1,
  summary: 'What the query would cost, as a dry run of the text that would run tells it.',
  required: ['bytes', 'billedBytes', 'bounded', 'tables', 'cached'],
  properties: {
    bytes: count,
    billedBytes: count,
    bounded: flag,
    price: text,
    statementType: text,
    tables: listOf(text),
    cached: flag,
  },
};

export interface BudgetReserved {
  readonly lease: string;
  readonly bytes: number;
  readonly limits: readonly string[];
  readonly expiresAt: string;
}

export const budgetReserved: EventDefinition<BudgetReserved> = {
  version: 1,
  summary: 'A part of budgets, and of what may run at once, is held for the job. Durable before it is sent.',
  required: ['lease', 'bytes', 'limits', 'expiresAt'],
  properties: { lease: text, bytes: count, limits: listOf(text), expiresAt: time },
};

export interface BudgetSettled {
  readonly lease: string;
  readonly bytes: number;
  readonly known: boolean;
}

export const budgetSettled: EventDefinition<BudgetSettled> = {
  version: 1,
  summary: 'The job has ended, and the budgets count what it billed.',
  required: ['lease', 'bytes', 'known'],
  properties: { lease: text, bytes: count, known: flag },
};
