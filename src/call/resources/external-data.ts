import { list, one, shape } from '../fields.ts';
import { tableSchema } from './table-schema.ts';
import type { Shape } from '../fields.ts';

const avroOptions: Shape = shape('useAvroLogicalTypes');

const bigtableProtoConfig: Shape = shape('protoMessageName schemaBundleId');

const bigtableColumn: Shape = shape(
  'encoding fieldName onlyReadLatest qualifierEncoded qualifierString type',
  { protoConfig: one(bigtableProtoConfig) },
);

const bigtableColumnFamily: Shape = shape('encoding familyId onlyReadLatest type', {
  columns: list(bigtableColumn),
  protoConfig: one(bigtableProtoConfig),
});

const bigtableOptions: Shape = shape(
  'ignoreUnspecifiedColumnFamilies outputColumnFamiliesAsJson readRowkeyAsString',
  { columnFamilies: list(bigtableColumnFamily) },
);

const csvOptions: Shape = shape(`
  allowJaggedRows allowQuotedNewlines encoding fieldDelimiter nullMarker nullMarkers[]
  preserveAsciiControlCharacters quote skipLeadingRows sourceColumnMatch
`);

const googleSheetsOptions: Shape = shape('range skipLeadingRows');

export const hivePartitioningOptions: Shape = shape('fields[] mode requirePartitionFilter sourceUriPrefix');

const jsonOptions: Shape = shape('encoding');

export const parquetOptions: Shape = shape('enableListInference enumAsString mapTargetType');

export const externalDataConfiguration: Shape = shape(
  `
  autodetect compression connectionId dateFormat datetimeFormat decimalTargetTypes[]
  fileSetSpecType ignoreUnknownValues jsonExtension maxBadRecords metadataCacheMode
  objectMetadata referenceFileSchemaUri sourceFormat sourceUris[] timeFormat timeZone
  timestampFormat timestampTargetPrecision[]
`,
  {
    avroOptions: one(avroOptions),
    bigtableOptions: one(bigtableOptions),
    csvOptions: one(csvOptions),
    googleSheetsOptions: one(googleSheetsOptions),
    hivePartitioningOptions: one(hivePartitioningOptions),
    jsonOptions: one(jsonOptions),
    parquetOptions: one(parquetOptions),
    schema: one(tableSchema),
  },
);
