import { writeFile } from 'node:fs/promises';
import { catalogJsonSchema, fixtureJsonSchema, guardJsonSchema } from '../src/config/json-schema.ts';
import { factsJsonSchema } from './facts-schema.ts';

const schemas = {
  'guard.schema.json': guardJsonSchema(),
  'catalog.schema.json': catalogJsonSchema(),
  'fixtures.schema.json': fixtureJsonSchema(),
  'facts.schema.json': factsJsonSchema(),
};

for (const [name, schema] of Object.entries(schemas)) {
  await writeFile(new URL(`../docs/${name}`, import.meta.url), `${JSON.stringify(schema, null, 2)}\n`);
}
