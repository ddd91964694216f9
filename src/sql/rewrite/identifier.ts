import { reservedWords } from '../lexer/index.ts';

const plain = /^[A-Za-z_][A-Za-z0-9_]*$/;

/** The name as it stands in SQL text, in back-quotes where it needs them. */
export function identifier(name: string): string {
  if (plain.test(name) && !reservedWords.has(name.toUpperCase())) return name;
  return `\`${Array.from(name, escape).join('')}\``;
}

function escape(character: string): string {
  if (character === '`' || character === '\\') return `\\${character}`;
  const code = character.codePointAt(0) ?? 0;
  return code < 0x20 || code === 0x7f ? `\\x${code.toString(16).padStart(2, '0')}` : character;
}

/** The wanted name, or one with a number if it is taken, whatever its letter case. */
export function freshName(wanted: string, isTaken: (name: string) => boolean): string {
  let name = wanted;
  for (let number = 2; isTaken(name.toLowerCase()); number += 1) name = `${wanted}_${number}`;
  return name;
}
