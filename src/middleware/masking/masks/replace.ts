import type { Mask } from './mask.ts';
import { textLiteral } from './text-literal.ts';

/** The same text for every value; NULL stays NULL. */
export function replace(text: string): Mask {
  return {
    empties: false,
    replacesNull: false,
    expression: (value) => `IF(${value} IS NULL, NULL, ${textLiteral(text)})`,
    cell: () => text,
    releases: (cell) => cell === text,
  };
}
