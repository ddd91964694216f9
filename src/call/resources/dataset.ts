import { labels, list, one, shape } from '../fields.ts';
import {
  datasetReference,
  encryptionConfiguration,
  expr,
  routineReference,
  tableReference,
} from './reference.ts';
import { restrictionConfig } from './table.ts';
import type { Shape } from '../fields.ts';

const datasetAccessEntry: Shape = shape('targetTypes[]', { dataset: one(datasetReference) });

const externalCatalogDatasetOptions: Shape = shape('defaultStorageLocationUri', { parameters: labels });

const externalDatasetReference: Shape = shape('connection externalSource');

const linkedDatasetMetadata: Shape = shape('linkState');

const linkedDatasetSource: Shape = shape('', { sourceDataset: one(datasetReference) });

export const dataset: Shape = shape(
  `
  catalogSource creationTime defaultCollation defaultPartitionExpirationMs defaultRoundingMode
  defaultTableExpirationMs description etag friendlyName id isCaseInsensitive kind
  lastModifiedTime location maxTimeTravelHours satisfiesPzi satisfiesPzs selfLink
  storageBillingModel type
`,
  {
    access: list(
      shape('domain groupByEmail iamMember role specialGroup userByEmail', {
        condition: one(expr),
        dataset: one(datasetAccessEntry),
        routine: one(routineReference),
        view: one(tableReference),
      }),
    ),
    datasetReference: one(datasetReference),
    defaultEncryptionConfiguration: one(encryptionConfiguration),
    externalCatalogDatasetOptions: one(externalCatalogDatasetOptions),
    externalDatasetReference: one(externalDatasetReference),
    labels: labels,
    linkedDatasetMetadata: one(linkedDatasetMetadata),
    linkedDatasetSource: one(linkedDatasetSource),
    resourceTags: labels,
    restrictions: one(restrictionConfig),
    tags: list(shape('tagKey tagValue')),
  },
);

export const datasetList: Shape = shape('etag kind nextPageToken unreachable[]', {
  datasets: list(
    shape('catalogSource friendlyName id kind location type', {
      datasetReference: one(datasetReference),
      externalDatasetReference: one(externalDatasetReference),
      labels: labels,
    }),
  ),
});

export const undeleteDatasetRequest: Shape = shape('deletionTime');
