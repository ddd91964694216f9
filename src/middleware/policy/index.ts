export { policy, type PolicyOptions } from './policy.ts';
export type { DatasetTraits, NativeSource } from './native-source.ts';
export { compilePolicy, type CompiledPolicy } from './compile.ts';
export type { DecisionRequest } from './decide.ts';
export type { Policy, PolicyContext, PolicyFacts } from './engine.ts';
export { cedar, type CedarOptions } from './engines/cedar.ts';
export { opa, type OpaOptions } from './engines/opa.ts';
export type { PolicySource } from './policy-source.ts';
export { jobRegistry, type JobRecord, type JobRegistry } from './job-registry.ts';
export { decisionKey, type ColumnMask, type Decision } from './decision.ts';
export type { ApprovalRequirement, ApprovalStage, GrantOffer } from './requirement.ts';
export type { MaskChoice, MaskName, TimePart } from './mask-choice.ts';
export type {
  ApprovalSettings,
  LimitRule,
  MaskRule,
  PeopleGroup,
  Person,
  PolicyDocument,
  PrincipalSelector,
  Rule,
  TagDefinition,
} from './document.ts';
