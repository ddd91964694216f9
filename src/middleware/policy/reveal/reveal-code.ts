import { described, only, type Noun, type Reveal } from './described.ts';

/** The access list of a dataset names people, and views that may be hidden: it is for whoever may change it. */
export const revealDataset: Reveal = async (resource, { call, permission }) => {
  const object = described(resource, 'datasets', call.project);
  if (object !== undefined && (await permission.allows('admin', 'datasets.update', object))) return resource;
  const { access: _access, ...rest } = resource;
  return rest;
};

/** Bodies of routines hold statements of others. */
export const revealRoutine: Reveal = revealForChange('routines', 'routines.update', [
  'routineReference',
  'routineType',
  'language',
  'arguments',
  'returnType',
  'returnTableType',
  'description',
  'determinismLevel',
  'creationTime',
  'lastModifiedTime',
  'etag',
]);

/** What a model has learnt, and how well, may hold values of the table that it was made from. */
export const revealModel: Reveal = revealForChange('models', 'models.patch', [
  'modelReference',
  'modelType',
  'location',
  'friendlyName',
  'description',
  'labels',
  'creationTime',
  'lastModifiedTime',
  'expirationTime',
  'etag',
]);

/** The whole is for whoever may change it. */
function revealForChange(noun: Noun, method: string, shown: readonly string[]): Reveal {
  return async (resource, { call, permission }) => {
    const object = described(resource, noun, call.project);
    const mayChange = object !== undefined && (await permission.allows('ddl', method, object));
    return mayChange ? resource : only(resource, shown);
  };
}
