import type { CompiledRule } from '../compile.ts';
import type { Finding } from './finding.ts';

/** Written as a bar, such a rule is a door: what people agree to it opens, and it names no object. */
export function wideApproval({ source, when }: CompiledRule, index: number): readonly Finding[] {
  const { effect, name, datasets, tables, tags } = source;
  if (effect !== 'require-approval' || [datasets, tables, tags].some((list) => list !== undefined)) return [];
  if (when?.late.has('cost') !== true) return [];
  return [
    {
      severity: 'warning',
      kind: 'wide',
      path: ['rules', index],
      message: `Rule ${name} opens every dataset once somebody approves, also those that no other rule allows. Name the datasets, tables or tags that it is about.`,
    },
  ];
}
