import { list, one, shape } from '../fields.ts';
import { tableReference } from './reference.ts';
import type { Shape } from '../fields.ts';

const inputDataChange: Shape = shape('recordsReadDiffPercentage');

const stagePerformanceChangeInsight: Shape = shape('stageId', { inputDataChange: one(inputDataChange) });

export const biEngineReason: Shape = shape('code message');

const highCardinalityJoin: Shape = shape('leftRows outputRows rightRows stepIndex');

const skewSource: Shape = shape('outputBytesMax outputBytesMedian outputBytesP95 stageId');

const partitionSkew: Shape = shape('', { skewSources: list(skewSource) });

const stagePerformanceStandaloneInsight: Shape = shape('insufficientShuffleQuota slotContention stageId', {
  biEngineReasons: list(biEngineReason),
  highCardinalityJoins: list(highCardinalityJoin),
  partitionSkew: one(partitionSkew),
});

const metadataCacheStalenessInsight: Shape = shape('avgPreviousStalenessMs stalenessPercentageIncrease');

const tableChangeInsight: Shape = shape('metadataCacheNotUsedButUsedPreviously', {
  metadataCacheStalenessInsight: one(metadataCacheStalenessInsight),
  tableReference: one(tableReference),
});

export const performanceInsights: Shape = shape('avgPreviousExecutionMs', {
  stagePerformanceChangeInsights: list(stagePerformanceChangeInsight),
  stagePerformanceStandaloneInsights: list(stagePerformanceStandaloneInsight),
  tableChangeInsights: list(tableChangeInsight),
});
