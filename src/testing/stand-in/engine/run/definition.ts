import type { ColumnDefinition, Option } from '../../../../sql/ast/index.ts';
import { unsupported } from '../engine-error.ts';
import type { PrintContext } from '../print/context.ts';
import { printExpression } from '../print/expression.ts';
import { rootScope, sameText } from '../print/scope.ts';
import { literalText } from '../print/typed.ts';
import type { NewTable, TableField } from '../table.ts';
import { fieldOfDataType } from '../type/field-type.ts';

export function columnField(column: ColumnDefinition, context: PrintContext): TableField {
  if (column.dataType === undefined) throw unsupported('columns without a type');
  const field = fieldOfDataType(column.name.name, column.dataType);
  const description = textOption(column.options, 'description', context);
  return {
    ...field,
    ...(column.notNull ? { mode: 'REQUIRED' } : {}),
    ...(description === undefined ? {} : { description }),
    ...(column.defaultValue === undefined
      ? {}
      : {
          defaultValueExpression: context.text.slice(
            column.defaultValue.range.start,
            column.defaultValue.range.end,
          ),
        }),
  };
}

function option(options: readonly Option[], name: string): Option | undefined {
  return options.find((candidate) => sameText(candidate.name.name, name));
}

function textOption(options: readonly Option[], name: string, context: PrintContext): string | undefined {
  const found = option(options, name);
  return found === undefined ? undefined : literalText(printExpression(found.value, rootScope(context)));
}

export function commonSettings(options: readonly Option[], context: PrintContext): Partial<NewTable> {
  const description = textOption(options, 'description', context);
  const friendlyName = textOption(options, 'friendly_name', context);
  const labels = labelsOption(options, context);
  return {
    ...(description === undefined ? {} : { description }),
    ...(friendlyName === undefined ? {} : { friendlyName }),
    ...(labels === undefined ? {} : { labels }),
  };
}

function labelsOption(
  options: readonly Option[],
  context: PrintContext,
): Readonly<Record<string, string>> | undefined {
  const found = option(options, 'labels');
  if (found === undefined) return undefined;
  const value = printExpression(found.value, rootScope(context));
  const pairs = value.parts?.map((pair) => pair.parts?.map((part) => literalText(part)) ?? []) ?? [];
  return Object.fromEntries(pairs.map(([key, text]) => [key ?? '', text ?? '']));
}
