import { compilePolicy, type CompiledPolicy } from './compile.ts';
import type { PolicyDocument } from './document.ts';

/** The policy in force. It may be another one for the next call, never within one. */
export interface PolicySource {
  current(): CompiledPolicy;
}

export function sourceOf(given: PolicyDocument | PolicySource): PolicySource {
  if ('current' in given) return given;
  const compiled = compilePolicy(given);
  return { current: () => compiled };
}
