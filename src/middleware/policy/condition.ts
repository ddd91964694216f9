import {
  Environment,
  ParseError,
  type ASTNode,
  type Context as CelVariables,
  type ParseResult,
} from '@marcbachmann/cel-js';
import { GuardError } from '../../errors.ts';
import { sizeLiterals } from './condition-sizes.ts';
import { checkEffort } from './condition-effort.ts';
import { FaultPlace } from './policy-fault.ts';
import { matchesName } from './match-name.ts';
import type { LateVariable, Variables } from './variables.ts';

/** A condition of a rule, read and checked when the policy is loaded. */
export interface Condition {
  readonly text: string;
  /** Which of the variables that are known only later it names. */
  readonly late: ReadonlySet<LateVariable>;
  /** It names no variable, so it is the same for every call. */
  readonly isConstant: boolean;
  /** Which tags it counts columns of. */
  readonly tags: readonly string[];
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
      replaces: 'bool',
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
  if (!valid) throw wrong(rule, firstLine(error?.message ?? 'it does not fit its types'), error?.node?.pos);
  if (type !== 'bool') throw wrong(rule, `it is of type ${type ?? 'unknown'}, and must be true or false`);
  const names = checkEffort(parsed.ast, (message, node) => wrong(rule, message, node.pos));
  const tag = names.tags.find((name) => !tags.has(name));
  if (tag !== undefined) throw wrong(rule, `it names the tag ${tag}, which is not defined`);
  return { text, ...names, holds: (variables) => run(parsed, variables) };
}

function parse(text: string, rule: string): ParseResult {
  try {
    const parsed = environment.parse(text);
    const replaced = sizeLiterals(text, parsed.ast, (message, node: ASTNode) =>
      wrong(rule, message, node.pos),
    );
    return replaced === text ? parsed : environment.parse(replaced);
  } catch (error) {
    if (error instanceof GuardError) throw error;
    throw error instanceof ParseError
      ? wrong(rule, firstLine(error.message), error.node?.pos)
      : wrong(rule, 'it is no CEL');
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

/** `position`: which character of the condition is wrong. */
function wrong(rule: string, message: string, position?: number): GuardError {
  const place = position === undefined ? '' : `, at character ${position + 1}`;
  return new GuardError('ERR_CONFIG', `The condition of rule ${rule} cannot be used: ${message}${place}.`, {
    ...(position !== undefined && { cause: new FaultPlace(position) }),
  });
}
