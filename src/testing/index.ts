export { startStandIn, type StandIn, type StandInOptions } from './stand-in/start-stand-in.ts';
export { fakeBigQuery, type FakeBigQuery, type FakeBigQueryOptions } from './fake/fake-bigquery.ts';
export type { AskedQuery, CannedQuery, Matcher } from './fake/canned-query.ts';
export type { OfficialClient } from './fake/install.ts';
export { fixedClock, type FixedClock } from './fixed-clock.ts';
export type { ClientOptions } from './client-options.ts';
export type { LoggedRequest } from './rest/request-log.ts';
export type { CannedResult } from './rest/service.ts';
export type { Row } from './seed/json-row.ts';
export type { Schema } from './seed/schema.ts';
export type { Seed, TableSeed, TableSeeds } from './seed/seed.ts';
export {
  instantApprovals,
  type InstantApprovals,
  type InstantApprovalsOptions,
} from './instant-approvals.ts';
export { testApprovalStore } from './test-approval-store.ts';
export { testBudgetStore } from './test-budget-store.ts';
export { testSink, type SinkBench } from './test-sink.ts';
export { testStore } from './test-store.ts';
export { memoryAudit, type MemoryAudit } from './memory-audit.ts';
export {
  testMiddleware,
  type SampleCalls,
  type TestApi,
  type TestMiddlewareOptions,
} from './test-middleware.ts';
export { testPolicy, type PolicySample, type TestPolicyOptions } from './test-policy.ts';
