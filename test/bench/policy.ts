import { compileConfig, parseConfig } from '../../src/config/load-config.ts';
import type { CompiledPolicy } from '../../src/middleware/policy/compile.ts';
import { decide, type DecisionRequest } from '../../src/middleware/policy/decide.ts';

/** How long a decision takes by the number of rules, with facts given, and how long a policy takes to load. */
const tags = Array.from(
  { length: 50 },
  (_, i) => `  tag-${i}: { columns: [dataset-${i}.orders.email, "**.field_${i}"] }`,
);

const ruleText = (i: number): string => {
  const where = `principals: { groups: [group-${i % 100}] }, operations: [read], datasets: [dataset-${i}]`;
  return i % 3 === 0
    ? `  - { name: rule-${i}, ${where}, when: facts.selectsStar && facts.unbounded, effect: deny }`
    : `  - { name: rule-${i}, ${where}, effect: allow }`;
};

function policyText(rules: number): string {
  const list = Array.from({ length: rules }, (_, i) => ruleText(i));
  return `version: 1\nproject: acme\naudit: { folder: a }\ntags:\n${tags.join('\n')}\nrules:\n${list.join('\n')}\n`;
}

const request: DecisionRequest = {
  principal: { id: 'agent', groups: ['group-1', 'group-2', 'group-3'], delegation: [], verified: true },
  agent: { name: 'reporter' },
  pairs: [1, 2, 3].map((i) => ({
    operation: 'read',
    method: 'jobs.query',
    object: { kind: 'table', project: 'acme', dataset: `dataset-${i}`, table: 'orders' },
  })),
  columns: Array.from({ length: 10 }, (_, i) => ({
    table: { project: 'acme', dataset: `dataset-${1 + (i % 3)}`, name: 'orders' },
    path: [i === 0 ? 'email' : `column_${i}`],
  })),
};

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

/** The median of many short runs: a shared machine interrupts long ones. */
function microseconds(policy: CompiledPolicy): number {
  for (let i = 0; i < 5000; i += 1) decide(policy, request);
  const runs = Array.from({ length: 200 }, () => {
    const started = performance.now();
    for (let i = 0; i < 50; i += 1) decide(policy, request);
    return ((performance.now() - started) * 1000) / 50;
  });
  return median(runs);
}

/** From the text of the file to the policy that decides. */
function load(text: string): { readonly ms: number; readonly policy: CompiledPolicy } {
  const started = performance.now();
  const policy = compileConfig(parseConfig(text));
  return { ms: performance.now() - started, policy };
}

export function policies(): void {
  // First, in a process that has read no policy yet.
  const first = load(policyText(10_000));
  const again = median(Array.from({ length: 5 }, () => load(policyText(10_000)).ms));
  const small = load(policyText(100)).policy;
  const few = microseconds(small);
  const many = microseconds(first.policy);
  line('decision, 100 rules; goal 50 µs', `${few.toFixed(1)} µs`, few <= 50);
  line('decision, 10,000 rules; goal 50 µs', `${many.toFixed(1)} µs`, many <= 50);
  line('ratio; goal 3x', `${(many / few).toFixed(2)}x`, many / few <= 3);
  line('load of 10,000 rules from YAML; goal 300 ms', `${first.ms.toFixed(0)} ms`, first.ms <= 300);
  line('the same when they change', `${again.toFixed(0)} ms`, again <= 300);
}

function line(name: string, value: string, isReached: boolean): void {
  console.log(`${name.padEnd(48)} ${value.padStart(10)}  ${isReached ? 'ok' : 'OVER'}`);
}
