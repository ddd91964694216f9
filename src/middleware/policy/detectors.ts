import { contextKey, type ContextKey } from '../../call/context.ts';
import type { DetectorRule } from '../detection/detector-rule.ts';
import type { AccessObject } from './access.ts';
import type { CompiledPolicy } from './compile.ts';
import type { DecisionRequest } from './decide.ts';
import { namePattern, objectMayMatch } from './names.ts';
import { appliesTo } from './select-principal.ts';

/** The detectors that search the answer of a call. */
export const detectorsKey: ContextKey<readonly DetectorRule[]> = contextKey<readonly DetectorRule[]>(
  'detectors',
  [],
);

/** Which detectors apply to a call: those of the principal whose datasets or tables it may read from. */
export function detectorsOf(
  { document }: CompiledPolicy,
  { principal, agent, pairs }: Pick<DecisionRequest, 'principal' | 'agent' | 'pairs'>,
): readonly DetectorRule[] {
  const { detectors = [], project } = document;
  return detectors.filter(
    (rule) =>
      appliesTo(rule, principal, agent) && pairs.some(({ object }) => speaksOf(rule, object, project)),
  );
}

/** Of an object that is not a table or dataset, the result of a job for instance, it is not known what it was read from. */
function speaksOf({ datasets, tables }: DetectorRule, object: AccessObject, project: string): boolean {
  if (object.kind !== 'dataset' && object.kind !== 'table') return true;
  const matches = (names: readonly string[] | undefined, level: 'dataset' | 'table'): boolean =>
    names === undefined || names.some((name) => objectMayMatch(namePattern(name, project), object, level));
  return object.dataset.startsWith('_') || (matches(datasets, 'dataset') && matches(tables, 'table'));
}
