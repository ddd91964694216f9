import {
  Environment,
  type ASTNode,
  type Context as CelVariables,
  type ParseResult,
} from '@marcbachmann/cel-js';
import { GuardError } from '../../errors.ts';
import { sizeLiterals } from './condition-sizes.ts';
import { checkEffort } from './condition-effort.ts';
import { matchesName } from './match-name.ts';
import type { LateVariable, Variables } from './variables.ts';

/** A condition of a rule, read and checked when the policy is loaded. */
export interface Condition {
  readonly text: string;
  /** Which of the variables that are known only later it names. */
  readonly late: ReadonlySet<LateVariable>;
  /** Throws when it cannot be judged. */
  holds(variables: Variables): boolean;
}

const longest = 2000;

const strings = 'list<string>';

/** What a condition may name; `docs/policy.md` lists it. */
const environment = new Environment({
  limits: { maxAstNodes: 300, maxDepth: 30, maxListElements: 200, maxMapEntries: 20, maxCallArguments: 8 },
})
  .registerVariable({
    name: 'principal',
    schema: { id: 'string', groups: strings, delegation: strings, verified: 'bool' },
  })
  .registerVariable({ name: 'agent', schema: { name: 'string', version: 'string', model: 'string' } })
  .registerVariable({ name: 'session', schema: { id: 'string' } })
  .registerVariable({ name: 'call', schema: { operation: 'string', class: 'string', project: 'string' } })
  .registerVariable({
    name: 'facts',
    schema: {
      kind: 'string',
      statements: 'int',
      tables: strings,
      columns: strings,
      functions: strings,
      routines: strings,
      selectsStar: 'bool',
      crossJoin: 'bool',
      scripting: 'bool',
      dml: 'bool',
      ddl: 'bool',
      unbounded: 'bool',
      fingerprint: 'string',
      taggedColumns: 'map<string, int>',
    },
  })
  .registerVariable({
    name: 'cost',
    schema: { bytes: 'int', billedBytes: 'int', price: 'double', referencedTables: strings, bounded: 'bool' },
  })
  .registerVariable('now', 'google.protobuf.Timestamp')
  .registerFunction('glob(string, string): bool', (pattern: string, text: string) =>
    matchesName(pattern, text.split('.')),
  );

/**
 * Reads a condition.
 * @throws {GuardError} ERR_CONFIG when it is no CEL, names what is not there, is no truth value, or could take long.
 */
export function compileCondition(text: string, rule: string, tags: ReadonlySet<string>): Condition {
  if (text.length > longest) throw wrong(rule, `it is longer than ${longest} characters`);
  const parsed = parse(text, rule);
  const { valid, type, error } = parsed.check();
  if (!valid)
    throw wrong(rule, placed(error?.message ?? 'it does not fit its types', error?.node?.pos), error);
  if (type !== 'bool') throw wrong(rule, `it is of type ${type ?? 'unknown'}, and must be true or false`);
  const names = checkEffort(parsed.ast, (message, node) => wrong(rule, placed(message, node.pos)));
  const tag = names.tags.find((name) => !tags.has(name));
  if (tag !== undefined) throw wrong(rule, `it names the tag ${tag}, which is not defined`);
  return { text, late: names.late, holds: (variables) => run(parsed, variables) };
}

function parse(text: string, rule: string): ParseResult {
  try {
    const parsed = environment.parse(text);
    const replaced = sizeLiterals(text, parsed.ast, (message, node: ASTNode) =>
      wrong(rule, placed(message, node.pos)),
    );
    return replaced === text ? parsed : environment.parse(replaced);
  } catch (error) {
    if (error instanceof GuardError) throw error;
    throw wrong(rule, error instanceof Error ? firstLine(error.message) : 'it is no CEL', error);
  }
}

/** The bridge to the package, whose answers are untyped. */
function run(parsed: ParseResult, variables: Variables): boolean {
  const given: CelVariables = { ...variables };
  const answer: unknown = parsed(given);
  if (typeof answer !== 'boolean') throw new TypeError('A condition has to be true or false.');
  return answer;
}

const firstLine = (message: string): string => message.split('\n')[0] ?? message;

const placed = (message: string, position: number | undefined): string =>
  position === undefined ? firstLine(message) : `${firstLine(message)}, at character ${position + 1}`;

function wrong(rule: string, message: string, cause?: unknown): GuardError {
  return new GuardError('ERR_CONFIG', `The condition of rule ${rule} cannot be used: ${message}.`, { cause });
}
