import { labels, list, one, shape } from '../fields.ts';
import { errorProto, routineReference } from './reference.ts';
import { standardSqlDataType, standardSqlTableType } from './standard-sql-type.ts';
import type { Shape } from '../fields.ts';

const argument: Shape = shape('argumentKind isAggregate mode name', {
  dataType: one(standardSqlDataType),
  tableType: one(standardSqlTableType),
});

const routineBuildStatus: Shape = shape('buildDuration buildState buildStateUpdateTime imageSizeBytes', {
  errorResult: one(errorProto),
});

const externalVolumeMount: Shape = shape('mountPath sourcePath');

const externalRuntimeOptions: Shape = shape(
  `
  containerCpu containerMemory containerRequestConcurrency maxBatchingRows runtimeConnection
  runtimeVersion
`,
  { volumeMounts: list(externalVolumeMount) },
);

const pythonOptions: Shape = shape('entryPoint packages[]');

const remoteFunctionOptions: Shape = shape('connection endpoint maxBatchingRows', {
  userDefinedContext: labels,
});

const sparkOptions: Shape = shape(
  `
  archiveUris[] connection containerImage fileUris[] jarUris[] mainClass mainFileUri
  pyFileUris[] runtimeVersion
`,
  { properties: labels },
);

export const routine: Shape = shape(
  `
  creationTime dataGovernanceType definitionBody description determinismLevel etag
  importedLibraries[] language lastModifiedTime routineType securityMode strictMode
`,
  {
    arguments: list(argument),
    buildStatus: one(routineBuildStatus),
    externalRuntimeOptions: one(externalRuntimeOptions),
    pythonOptions: one(pythonOptions),
    remoteFunctionOptions: one(remoteFunctionOptions),
    returnTableType: one(standardSqlTableType),
    returnType: one(standardSqlDataType),
    routineReference: one(routineReference),
    sparkOptions: one(sparkOptions),
  },
);

export const listRoutinesResponse: Shape = shape('nextPageToken', { routines: list(routine) });
