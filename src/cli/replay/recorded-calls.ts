import type { Call } from '../../call/call.ts';
import { isJsonObject, readJson, type Json, type JsonObject } from '../../call/json.ts';
import { linesOf } from '../../middleware/audit/verify/lines.ts';
import type { Asker } from '../../middleware/rehearsal/rehearse.ts';
import { GuardError } from '../../errors.ts';
import { recordedCall } from './recorded-call.ts';

/** A call out of the record, made again. */
export interface RecordedCall {
  readonly id: string;
  readonly time: string;
  readonly call: Call;
  readonly asker: Asker;
  /** What the dry run said then. */
  readonly bytes?: bigint | undefined;
}

export interface RecordedCalls {
  readonly calls: readonly RecordedCall[];
  /** How many could not be made again, by the reason why. */
  readonly left: ReadonlyMap<string, number>;
}

/**
 * Reads the calls of a record, a file of JSON lines.
 * @throws {GuardError} ERR_CONFIG when the file cannot be read.
 */
export async function recordedCalls(path: string): Promise<RecordedCalls> {
  const started: JsonObject[] = [];
  const bytes = new Map<string, bigint>();
  const left = new Map<string, number>();
  const leave = (why: string): void => void left.set(why, (left.get(why) ?? 0) + 1);
  for await (const event of eventsOf(path)) {
    const { type, call, data } = event ?? {};
    if (event === undefined) leave('the line is no event of a record');
    else if (type === 'call.started') started.push(event);
    else if (type === 'cost.estimated' && typeof call === 'string' && isJsonObject(data)) {
      const size = data['bytes'];
      // Of what had no bound, nothing is known.
      if (typeof size === 'number' && data['bounded'] === true) bytes.set(call, BigInt(size));
    }
  }
  const calls = started.flatMap((event): readonly RecordedCall[] => {
    const made = recordedCall(isJsonObject(event['data']) ? event['data'] : {});
    const asker = askerOf(event);
    const id = textOf(event['call']);
    if ('why' in made || asker === undefined) {
      leave('why' in made ? made.why : 'the record names no principal');
      return [];
    }
    return [{ id, time: textOf(event['time']), call: made.call, asker, bytes: bytes.get(id) }];
  });
  return { calls, left };
}

async function* eventsOf(path: string): AsyncGenerator<JsonObject | undefined> {
  try {
    for await (const lines of linesOf(path)) {
      for (const { text, whole } of lines) if (whole || text !== '') yield parsed(text);
    }
  } catch (cause) {
    const message = `The record ${path} cannot be read. Check the path and its permissions.`;
    throw new GuardError('ERR_CONFIG', message, { cause });
  }
}

function parsed(text = ''): JsonObject | undefined {
  const value = readJson(text);
  return isJsonObject(value) ? value : undefined;
}

const textOf = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const textsOf = (value: Json | undefined): readonly string[] =>
  Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];

function askerOf({ principal, agent, session, time }: JsonObject): Asker | undefined {
  if (!isJsonObject(principal) || typeof principal['id'] !== 'string') return undefined;
  const { id, groups, delegation, verified } = principal;
  const { name, version, model } = isJsonObject(agent) ? agent : {};
  return {
    principal: {
      id,
      groups: textsOf(groups),
      delegation: textsOf(delegation),
      verified: verified === true,
    },
    agent:
      typeof name !== 'string'
        ? undefined
        : {
            name,
            ...(typeof version === 'string' && { version }),
            ...(typeof model === 'string' && { model }),
          },
    session: typeof session === 'string' ? { id: session } : undefined,
    now: new Date(textOf(time)),
  };
}
