import type { Call } from '../../../call/call.ts';
import type { Context } from '../../../call/context.ts';
import { isJsonObject } from '../../../call/json.ts';
import type { Result } from '../../../call/result.ts';
import type { CompiledPolicy } from '../compile.ts';
import { askerOf, type Sources } from '../judge.ts';
import { permissionOf } from '../permission.ts';
import { isNoun, type Noun, type Reveal } from './described.ts';
import { revealDataset, revealModel, revealRoutine } from './reveal-code.ts';
import { revealList } from './reveal-list.ts';
import { revealProjects } from './reveal-projects.ts';
import { revealTable } from './reveal-table.ts';

const verbs = new Set(['get', 'insert', 'patch', 'update', 'undelete']);

const asItIs: Reveal = (resource) => Promise.resolve(resource);

const resources: Readonly<Record<Noun, Reveal>> = {
  datasets: revealDataset,
  tables: revealTable,
  models: revealModel,
  routines: revealRoutine,
};

/** Items of lists of datasets and tables tell little more than the name; the other two are whole resources. */
const items: Readonly<Record<Noun, Reveal>> = { ...resources, datasets: asItIs, tables: asItIs };

/** Takes out of an answer what the principal may not know. Answers that describe nothing are left as they are. */
export async function reveal(
  policy: CompiledPolicy,
  call: Call,
  context: Context,
  sources: Sources,
  result: Result,
): Promise<Result> {
  const [noun = '', verb = ''] = call.operation.split('.');
  const { body } = result;
  if (!isJsonObject(body)) return result;
  const asker = askerOf(call, context);
  if (call.operation === 'projects.list') {
    const permission = permissionOf(policy, asker, 'datasets.list', sources.engines);
    return { ...result, body: await revealProjects(body, permission) };
  }
  if (!isNoun(noun)) return result;
  const permission = permissionOf(policy, asker, call.operation, sources.engines);
  const revealing = { policy, call, context, sources, asker, permission };
  if (verb === 'list') return { ...result, body: await revealList(body, noun, revealing, items[noun]) };
  return verbs.has(verb) ? { ...result, body: await resources[noun](body, revealing) } : result;
}
