import { labels, list, one, shape } from '../fields.ts';
import { evaluationMetrics, hparamTuningTrial, iterationResult } from './evaluation.ts';
import { encryptionConfiguration, modelReference, tableReference } from './reference.ts';
import { standardSqlDataType, standardSqlField } from './standard-sql-type.ts';
import { trainingOptions } from './training-options.ts';
import type { Shape } from '../fields.ts';

const stringHparamSearchSpace: Shape = shape('candidates[]');

const intCandidates: Shape = shape('candidates[]');

const intRange: Shape = shape('max min');

const intHparamSearchSpace: Shape = shape('', { candidates: one(intCandidates), range: one(intRange) });

const doubleCandidates: Shape = shape('candidates[]');

const doubleRange: Shape = shape('max min');

const doubleHparamSearchSpace: Shape = shape('', {
  candidates: one(doubleCandidates),
  range: one(doubleRange),
});

const intArray: Shape = shape('elements[]');

const intArrayHparamSearchSpace: Shape = shape('', { candidates: list(intArray) });

const hparamSearchSpaces: Shape = shape('', {
  activationFn: one(stringHparamSearchSpace),
  batchSize: one(intHparamSearchSpace),
  boosterType: one(stringHparamSearchSpace),
  colsampleBylevel: one(doubleHparamSearchSpace),
  colsampleBynode: one(doubleHparamSearchSpace),
  colsampleBytree: one(doubleHparamSearchSpace),
  dartNormalizeType: one(stringHparamSearchSpace),
  dropout: one(doubleHparamSearchSpace),
  hiddenUnits: one(intArrayHparamSearchSpace),
  l1Reg: one(doubleHparamSearchSpace),
  l2Reg: one(doubleHparamSearchSpace),
  learnRate: one(doubleHparamSearchSpace),
  maxTreeDepth: one(intHparamSearchSpace),
  minSplitLoss: one(doubleHparamSearchSpace),
  minTreeChildWeight: one(intHparamSearchSpace),
  numClusters: one(intHparamSearchSpace),
  numFactors: one(intHparamSearchSpace),
  numParallelTree: one(intHparamSearchSpace),
  optimizer: one(stringHparamSearchSpace),
  subsample: one(doubleHparamSearchSpace),
  treeMethod: one(stringHparamSearchSpace),
  walsAlpha: one(doubleHparamSearchSpace),
});

const remoteModelInfo: Shape = shape(`
  connection endpoint maxBatchingRows remoteModelVersion remoteServiceType speechRecognizer
`);

const explanation: Shape = shape('attribution featureName');

const globalExplanation: Shape = shape('classLabel', { explanations: list(explanation) });

const dataSplitResult: Shape = shape('', {
  evaluationTable: one(tableReference),
  testTable: one(tableReference),
  trainingTable: one(tableReference),
});

const trainingRun: Shape = shape('startTime trainingStartTime vertexAiModelId vertexAiModelVersion', {
  classLevelGlobalExplanations: list(globalExplanation),
  dataSplitResult: one(dataSplitResult),
  evaluationMetrics: one(evaluationMetrics),
  modelLevelGlobalExplanation: one(globalExplanation),
  results: list(iterationResult),
  trainingOptions: one(trainingOptions),
});

const transformColumn: Shape = shape('name transformSql', { type: one(standardSqlDataType) });

export const model: Shape = shape(
  `
  bestTrialId creationTime defaultTrialId description etag expirationTime friendlyName
  lastModifiedTime location modelType optimalTrialIds[]
`,
  {
    encryptionConfiguration: one(encryptionConfiguration),
    featureColumns: list(standardSqlField),
    hparamSearchSpaces: one(hparamSearchSpaces),
    hparamTrials: list(hparamTuningTrial),
    labelColumns: list(standardSqlField),
    labels: labels,
    modelReference: one(modelReference),
    remoteModelInfo: one(remoteModelInfo),
    trainingRuns: list(trainingRun),
    transformColumns: list(transformColumn),
  },
);

export const listModelsResponse: Shape = shape('nextPageToken', { models: list(model) });
