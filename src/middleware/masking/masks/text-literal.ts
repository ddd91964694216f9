/** A text as GoogleSQL; everything but plain ASCII is escaped, so that it cannot end early. */
export function textLiteral(text: string): string {
  const parts = Array.from(text, (character) => {
    if (/^[\w @.,:;+*#()[\]{}<>=!?/$%&~|^-]$/.test(character)) return character;
    return `\\U${(character.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`;
  });
  return `'${parts.join('')}'`;
}
