import { writeFile } from 'node:fs/promises';
import { guardJsonSchema } from '../src/config/json-schema.ts';

const file = new URL('../docs/guard.schema.json', import.meta.url);
await writeFile(file, `${JSON.stringify(guardJsonSchema(), null, 2)}\n`);
