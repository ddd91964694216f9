import { dataSchema, eventCatalogue, type EventType } from './catalogue.ts';
import { digest, flag, listOf, record, text, time, type JsonSchema } from './definition.ts';

/** The JSON Schema of a whole event of one type, as it stands in the record. */
export function eventSchema(type: EventType): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: type,
    ...record(envelopeNames, {
      ...envelope,
      type: { const: type },
      version: { const: eventCatalogue[type].version },
      data: dataSchema(type),
    }),
  };
}

const principal = record(['id', 'groups', 'delegation', 'verified'], {
  id: text,
  groups: listOf(text),
  delegation: listOf(text),
  verified: flag,
});

const agent = record(['name'], { name: text, version: text, model: text, toolCallId: text });

const orNull = (schema: JsonSchema): JsonSchema => ({ anyOf: [{ type: 'null' }, schema] });

const envelope = {
  id: { type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$' },
  sequence: { type: 'integer', minimum: 1 },
  time,
  principal: orNull(principal),
  agent: orNull(agent),
  session: orNull(text),
  call: orNull(text),
  job: orNull(text),
  previousHash: digest,
  hash: digest,
};

const envelopeNames: readonly string[] = [...Object.keys(envelope), 'type', 'version', 'data'];
