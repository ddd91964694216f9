import { labels, one, shape } from '../fields.ts';
import type { Shape } from '../fields.ts';

export const arimaOrder: Shape = shape('d p q');

export const trainingOptions: Shape = shape(
  `
  activationFn adjustStepChanges approxGlobalFeatureContrib autoArima autoArimaMaxOrder
  autoArimaMinOrder autoClassWeights batchSize boosterType budgetHours calculatePValues
  categoryEncodingMethod cleanSpikesAndDips colorSpace colsampleBylevel colsampleBynode
  colsampleBytree contributionMetric dartNormalizeType dataFrequency dataSplitColumn
  dataSplitEvalFraction dataSplitMethod decomposeTimeSeries dimensionIdColumns[] distanceType
  dropout earlyStop enableGlobalExplain endpointIdleTtl feedbackType fitIntercept
  forecastLimitLowerBound forecastLimitUpperBound hiddenUnits[] holidayRegion holidayRegions[]
  horizon hparamTuningObjectives[] huggingFaceModelId includeDrift initialLearnRate
  inputLabelColumns[] instanceWeightColumn integratedGradientsNumSteps isTestColumn itemColumn
  kmeansInitializationColumn kmeansInitializationMethod l1RegActivation l1Regularization
  l2Regularization learnRate learnRateStrategy lossType machineType maxIterations
  maxParallelTrials maxReplicaCount maxTimeSeriesLength maxTreeDepth minAprioriSupport
  minRelativeProgress minReplicaCount minSplitLoss minTimeSeriesLength minTreeChildWeight
  modelGardenModelName modelRegistry modelUri numClusters numFactors numParallelTree
  numPrincipalComponents numTrials optimizationStrategy optimizer pcaExplainedVarianceRatio
  pcaSolver reservationAffinityKey reservationAffinityType reservationAffinityValues[]
  sampledShapleyNumPaths scaleFeatures standardizeFeatures subsample tfVersion
  timeSeriesDataColumn timeSeriesIdColumn timeSeriesIdColumns[] timeSeriesLengthFraction
  timeSeriesTimestampColumn treeMethod trendSmoothingWindowSize userColumn
  vertexAiModelVersionAliases[] walsAlpha warmStart xgboostVersion
`,
  { labelClassWeights: labels, nonSeasonalOrder: one(arimaOrder) },
);
