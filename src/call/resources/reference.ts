import { one, shape } from '../fields.ts';
import type { Shape } from '../fields.ts';

export const datasetReference: Shape = shape('datasetId projectId');

export const tableReference: Shape = shape('datasetId projectId tableId');

export const jobReference: Shape = shape('jobId location projectId');

export const modelReference: Shape = shape('datasetId modelId projectId');

export const routineReference: Shape = shape('datasetId projectId routineId');

export const projectReference: Shape = shape('projectId');

export const rowAccessPolicyReference: Shape = shape('datasetId policyId projectId tableId');

export const propertyGraphReference: Shape = shape('datasetId projectId propertyGraphId');

export const encryptionConfiguration: Shape = shape('kmsKeyName');

export const errorProto: Shape = shape('debugInfo location message reason');

export const expr: Shape = shape('description expression location title');

export const connectionProperty: Shape = shape('key value');

export const userDefinedFunctionResource: Shape = shape('inlineCode resourceUri');

export const clustering: Shape = shape('fields[]');

export const timePartitioning: Shape = shape('expirationMs field requirePartitionFilter type');

export const rangePartitioning: Shape = shape('field', { range: one(shape('end interval start')) });
