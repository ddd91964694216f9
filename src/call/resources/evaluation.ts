import { list, one, shape } from '../fields.ts';
import { arimaOrder, trainingOptions } from './training-options.ts';
import type { Shape } from '../fields.ts';

const arimaFittingMetrics: Shape = shape('aic logLikelihood variance');

const arimaSingleModelForecastingMetrics: Shape = shape(
  `
  hasDrift hasHolidayEffect hasSpikesAndDips hasStepChanges seasonalPeriods[] timeSeriesId
  timeSeriesIds[]
`,
  { arimaFittingMetrics: one(arimaFittingMetrics), nonSeasonalOrder: one(arimaOrder) },
);

const arimaForecastingMetrics: Shape = shape('hasDrift[] seasonalPeriods[] timeSeriesId[]', {
  arimaFittingMetrics: list(arimaFittingMetrics),
  arimaSingleModelForecastingMetrics: list(arimaSingleModelForecastingMetrics),
  nonSeasonalOrder: list(arimaOrder),
});

const aggregateClassificationMetrics: Shape = shape(
  'accuracy f1Score logLoss precision recall rocAuc threshold',
);

const binaryConfusionMatrix: Shape = shape(`
  accuracy f1Score falseNegatives falsePositives positiveClassThreshold precision recall
  trueNegatives truePositives
`);

const binaryClassificationMetrics: Shape = shape('negativeLabel positiveLabel', {
  aggregateClassificationMetrics: one(aggregateClassificationMetrics),
  binaryConfusionMatrixList: list(binaryConfusionMatrix),
});

const categoryCount: Shape = shape('category count');

const categoricalValue: Shape = shape('', { categoryCounts: list(categoryCount) });

const featureValue: Shape = shape('featureColumn numericalValue', {
  categoricalValue: one(categoricalValue),
});

const cluster: Shape = shape('centroidId count', { featureValues: list(featureValue) });

const clusteringMetrics: Shape = shape('daviesBouldinIndex meanSquaredDistance', { clusters: list(cluster) });

const dimensionalityReductionMetrics: Shape = shape('totalExplainedVarianceRatio');

const entry: Shape = shape('itemCount predictedLabel');

const row: Shape = shape('actualLabel', { entries: list(entry) });

const confusionMatrix: Shape = shape('confidenceThreshold', { rows: list(row) });

const multiClassClassificationMetrics: Shape = shape('', {
  aggregateClassificationMetrics: one(aggregateClassificationMetrics),
  confusionMatrixList: list(confusionMatrix),
});

const rankingMetrics: Shape = shape(`
  averageRank meanAveragePrecision meanSquaredError normalizedDiscountedCumulativeGain
`);

const regressionMetrics: Shape = shape(`
  meanAbsoluteError meanSquaredError meanSquaredLogError medianAbsoluteError rSquared
`);

export const evaluationMetrics: Shape = shape('', {
  arimaForecastingMetrics: one(arimaForecastingMetrics),
  binaryClassificationMetrics: one(binaryClassificationMetrics),
  clusteringMetrics: one(clusteringMetrics),
  dimensionalityReductionMetrics: one(dimensionalityReductionMetrics),
  multiClassClassificationMetrics: one(multiClassClassificationMetrics),
  rankingMetrics: one(rankingMetrics),
  regressionMetrics: one(regressionMetrics),
});

const arimaCoefficients: Shape = shape(
  'autoRegressiveCoefficients[] interceptCoefficient movingAverageCoefficients[]',
);

const arimaModelInfo: Shape = shape(
  `
  hasDrift hasHolidayEffect hasSpikesAndDips hasStepChanges seasonalPeriods[] timeSeriesId
  timeSeriesIds[]
`,
  {
    arimaCoefficients: one(arimaCoefficients),
    arimaFittingMetrics: one(arimaFittingMetrics),
    nonSeasonalOrder: one(arimaOrder),
  },
);

const arimaResult: Shape = shape('seasonalPeriods[]', { arimaModelInfo: list(arimaModelInfo) });

const clusterInfo: Shape = shape('centroidId clusterRadius clusterSize');

const principalComponentInfo: Shape = shape(`
  cumulativeExplainedVarianceRatio explainedVariance explainedVarianceRatio principalComponentId
`);

export const iterationResult: Shape = shape('durationMs evalLoss index learnRate trainingLoss', {
  arimaResult: one(arimaResult),
  clusterInfos: list(clusterInfo),
  principalComponentInfos: list(principalComponentInfo),
});

export const hparamTuningTrial: Shape = shape(
  'endTimeMs errorMessage evalLoss startTimeMs status trainingLoss trialId',
  {
    evaluationMetrics: one(evaluationMetrics),
    hparamTuningEvaluationMetrics: one(evaluationMetrics),
    hparams: one(trainingOptions),
  },
);
