import { isJsonObject, type JsonObject } from '../../call/json.ts';
import { textAt } from './fields.ts';
import { invalid } from './rest-error.ts';
import type { RestAnswer } from './rest-request.ts';

/** Selected members; an empty map selects everything below. */
type Selection = Map<string, Selection>;

/** `fields=rows,schema(fields/name)`: the answer with these members only. An empty `fields` selects all. */
export function selectFields(answer: RestAnswer, query: JsonObject): RestAnswer {
  const text = textAt(query, 'fields') ?? '';
  if (text === '' || answer.status !== 200 || answer.body === undefined) return answer;
  const body = pick(answer.body, readSelection(text));
  return isJsonObject(body) ? { ...answer, body } : answer;
}

function readSelection(text: string): Selection {
  const tokens = text.match(/[\w*-]+|[,/()]|./g) ?? [];
  const state = { tokens, position: 0 };
  const selection = readList(state);
  if (state.position < tokens.length) throw invalidSelection();
  return selection;
}

interface State {
  readonly tokens: readonly string[];
  position: number;
}

function readList(state: State): Selection {
  const selection: Selection = new Map();
  do {
    const name = take(state);
    if (!/^[\w*-]+$/.test(name)) throw invalidSelection();
    selection.set(name, readBelow(state));
  } while (takeIf(state, ','));
  return selection;
}

function readBelow(state: State): Selection {
  if (takeIf(state, '/')) {
    const name = take(state);
    if (!/^[\w*-]+$/.test(name)) throw invalidSelection();
    return new Map([[name, readBelow(state)]]);
  }
  if (!takeIf(state, '(')) return new Map();
  const list = readList(state);
  if (!takeIf(state, ')')) throw invalidSelection();
  return list;
}

function take(state: State): string {
  const token = state.tokens[state.position] ?? '';
  state.position += 1;
  return token;
}

function takeIf(state: State, token: string): boolean {
  if (state.tokens[state.position] !== token) return false;
  state.position += 1;
  return true;
}

function invalidSelection(): Error {
  return invalid('Invalid field selection');
}

function pick(value: unknown, selection: Selection): unknown {
  if (selection.size === 0) return value;
  if (Array.isArray(value)) return value.map((item) => pick(item, selection));
  if (!isJsonObject(value)) return value;
  const entries = Object.entries(value).flatMap(([name, member]) => {
    const below = selection.get(name) ?? selection.get('*');
    return below === undefined ? [] : [[name, pick(member, below)] as const];
  });
  return Object.fromEntries(entries);
}
