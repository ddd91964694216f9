export { analyse } from './analyse.ts';
export type { Analysis, AnalyseOptions } from './analyse.ts';
export type { Catalog, CatalogColumn, CatalogRoutine, CatalogTable, ObjectName } from './catalog.ts';
export { informationSchemaCatalog } from './catalog-information-schema.ts';
export type { InformationSchemaOptions, RunQuery } from './catalog-information-schema.ts';
export { staticCatalog } from './catalog-static.ts';
export type { StaticCatalog, StaticColumn, StaticRoutine, StaticTable } from './catalog-static.ts';
export { restCatalog } from './catalog-rest.ts';
export type { RestAnswer, RestCatalogOptions, RestGet } from './catalog-rest.ts';
export type * from './facts.ts';
export { hashOf } from './fingerprint.ts';
export type { Gap, GapCode } from './gaps.ts';
export type { Range } from './ast/node.ts';
export type { TableReferenceFact } from './resolve/reference-fact.ts';
export { applyEdits, maskSources } from './rewrite/index.ts';
export type {
  Edit,
  MaskOptions,
  Position,
  PositionMap,
  Rewritten,
  SourceFilter,
  SourceMask,
} from './rewrite/index.ts';
