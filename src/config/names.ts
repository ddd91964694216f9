import { z } from 'zod';

/** What things in a `guard.yaml` are called. */
export const name: z.ZodString = z.string().min(1).max(128);

export const environmentName: z.ZodString = z
  .string()
  .regex(/^[A-Z][A-Z0-9_]*$/, 'the name of an environment variable');
