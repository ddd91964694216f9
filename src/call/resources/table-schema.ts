import { labels, list, one, shape } from '../fields.ts';
import type { Shape } from '../fields.ts';

const dataPolicyOption: Shape = shape('name');

const dataPolicyList: Shape = shape('', { dataPolicies: list(dataPolicyOption) });

const generatedExpressionInfo: Shape = shape('asynchronous generationExpression stored');

const generatedColumn: Shape = shape('generatedMode', {
  generatedExpressionInfo: one(generatedExpressionInfo),
});

const tableFieldSchema: Shape = shape(
  `
  collation defaultValueExpression description foreignTypeDefinition maxLength mode name
  precision roundingMode scale timestampPrecision type
`,
  {
    categories: one(shape('names[]')),
    dataGovernanceTagsInfo: one(shape('', { dataGovernanceTags: labels })),
    dataPolicies: list(dataPolicyOption),
    dataPolicyList: one(dataPolicyList),
    fields: list(() => tableFieldSchema),
    generatedColumn: one(generatedColumn),
    policyTags: one(shape('names[]')),
    rangeElementType: one(shape('type')),
  },
);

const foreignTypeInfo: Shape = shape('typeSystem');

export const tableSchema: Shape = shape('', {
  fields: list(tableFieldSchema),
  foreignTypeInfo: one(foreignTypeInfo),
});
