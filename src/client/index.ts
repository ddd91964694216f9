export { defineConfig, type GuardSettings } from '../config/guard-settings.ts';
export { BigQuery, guard } from './client.ts';
export { createGuard } from './guard.ts';
export { withContext } from './scope.ts';
export type { Guard, GuardOptions } from './guard.ts';
export type { GuardedClass, GuardedOptions } from './guarded-class.ts';
export type { GuardableClient } from './install.ts';
export type { GuardOption, GuardSource } from './resolve-guard.ts';
export type { ContextFields } from './scope.ts';
