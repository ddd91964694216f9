import type { Path } from '../ast/index.ts';
import type { ObjectName } from '../catalog.ts';
import { fullName } from '../full-name.ts';
import type { Pass } from './pass.ts';

/** The parts of a table's path; a project such as `example.com:project` has dots of its own. */
function partsOf(path: Path): readonly string[] {
  const parts = path.flatMap((part) => (part.quoted ? part.name.split('.') : [part.name]));
  return parts.length <= 3 ? parts : [parts.slice(0, -2).join('.'), ...parts.slice(-2)];
}

/** The full name that a path stands for; `undefined` when it has no dataset and no default is set. */
export function objectName(path: Path, pass: Pass): ObjectName | undefined {
  const schema = informationSchema(path, pass);
  if (schema !== undefined) return schema;
  const [first, second, third] = partsOf(path);
  if (first === undefined) return undefined;
  if (third !== undefined && second !== undefined) return pass.known.name(first, second, third);
  const { project, dataset } = defaults(pass);
  if (second !== undefined) return pass.known.name(project, first, second);
  return dataset === undefined ? undefined : pass.known.name(dataset.project, dataset.dataset, first);
}

interface Defaults {
  readonly project: string;
  readonly dataset: { readonly project: string; readonly dataset: string } | undefined;
}

/** `@@dataset_id` may hold `project.dataset`. */
function defaults({ script, project, defaultDataset }: Pass): Defaults {
  const base = script.datasetProject ?? project;
  if (script.datasetId === undefined) return { project: base, dataset: defaultDataset };
  const parts = script.datasetId.split('.');
  const dataset = parts[parts.length - 1] ?? '';
  return {
    project: base,
    dataset: { project: parts.length > 1 ? parts.slice(0, -1).join('.') : base, dataset },
  };
}

/** `[project.][dataset or region.]INFORMATION_SCHEMA.VIEW`: the view keeps the prefix in its name. */
function informationSchema(path: Path, pass: Pass): ObjectName | undefined {
  const parts = path.flatMap((part) => (part.quoted ? part.name.split('.') : [part.name]));
  const at = parts.findIndex((part) => part.toUpperCase() === 'INFORMATION_SCHEMA');
  if (at < 0) return undefined;
  const name = parts
    .slice(at)
    .map((part) => part.toUpperCase())
    .join('.');
  const dataset = parts[at - 1] ?? defaults(pass).dataset?.dataset ?? '';
  return pass.known.name(
    parts.slice(0, Math.max(at - 1, 0)).join('.') || defaults(pass).project,
    dataset,
    name,
  );
}

/** True when the name has a dataset; one pair of back-quotes may hold all of it. */
export function isQualified(path: Path): boolean {
  return path.length > 1 || (path[0].quoted && path[0].name.includes('.'));
}

/** By which a script's own functions are found: the full name, or the bare one of a temporary function. */
export function routineKey(path: Path, pass: Pass): string {
  const name = isQualified(path) ? objectName(path, pass) : undefined;
  return (name === undefined ? path[0].name : fullName(name)).toLowerCase();
}
