import type { MaskChoice } from '../../policy/mask-choice.ts';
import type { Mask } from './mask.ts';
import { textLiteral } from './text-literal.ts';

type Choice = Extract<MaskChoice, { readonly with: 'characterMask' }>;

/** Hides characters, each by one other, so the length shows; `skip` stays and is not counted. */
export function characterMask(choice: Choice): Mask {
  const { character = '*', count, reverse = false, skip = '' } = choice;
  const kept = new Set(skip);
  const hide = (value: string): string => {
    const characters = Array.from(value);
    const order = reverse ? [...characters.keys()].toReversed() : characters.keys();
    let left = count ?? characters.length;
    for (const at of order) {
      if (left <= 0 || kept.has(characters[at] ?? '')) continue;
      characters[at] = character;
      left -= 1;
    }
    return characters.join('');
  };
  return {
    empties: false,
    replacesNull: false,
    expression: (value) => expressionOf(value, { character, count, reverse, skip }),
    cell: hide,
    // What is hidden already stays as it is when it is hidden again.
    releases: (cell) => hide(cell) === cell,
  };
}

interface Settings {
  readonly character: string;
  readonly count: number | undefined;
  readonly reverse: boolean;
  readonly skip: string;
}

function expressionOf(value: string, { character, count, reverse, skip }: Settings): string {
  const sign = textLiteral(character);
  if (skip === '') {
    if (count === undefined) return `REPEAT(${sign}, CHAR_LENGTH(${value}))`;
    const hidden = `REPEAT(${sign}, LEAST(${count}, CHAR_LENGTH(${value})))`;
    const rest = `GREATEST(CHAR_LENGTH(${value}) - ${count}, 0)`;
    return reverse
      ? `CONCAT(LEFT(${value}, ${rest}), ${hidden})`
      : `CONCAT(${hidden}, RIGHT(${value}, ${rest}))`;
  }
  const isKept = `STRPOS(${textLiteral(skip)}, guard_character) > 0`;
  const order = `guard_place${reverse ? ' DESC' : ''}`;
  const isPast = count === undefined ? '' : ` OR COUNTIF(NOT ${isKept}) OVER (ORDER BY ${order}) > ${count}`;
  const shown = `IF(${isKept}${isPast}, guard_character, ${sign})`;
  const characters = `SELECT ${shown} AS guard_shown, guard_place FROM UNNEST(SPLIT(${value}, '')) AS guard_character WITH OFFSET AS guard_place`;
  return `IF(CHAR_LENGTH(${value}) > 0, ARRAY_TO_STRING(ARRAY(SELECT guard_shown FROM (${characters}) ORDER BY guard_place), ''), ${value})`;
}
