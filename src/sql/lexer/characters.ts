export const isDigit = (code: number): boolean => code >= 48 && code <= 57;

export const isNameStart = (code: number): boolean =>
  (code >= 97 && code <= 122) || (code >= 65 && code <= 90) || code === 95;

export const isNamePart = (code: number): boolean => isNameStart(code) || isDigit(code);

export const isHexDigit = (code: number): boolean =>
  isDigit(code) || (code >= 97 && code <= 102) || (code >= 65 && code <= 70);

const isHigh = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
const isLow = (code: number): boolean => code >= 0xdc00 && code <= 0xdfff;

/** A surrogate without its partner, which no UTF-8 text can carry. */
export const isLoneSurrogate = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  if (isHigh(code)) return !isLow(text.charCodeAt(at + 1));
  return isLow(code) && !(at > 0 && isHigh(text.charCodeAt(at - 1)));
};

/** What no reader of SQL agrees on, wherever it stands: also inside literals and comments. */
export const forbiddenEverywhere = (text: string, at: number): string | undefined => {
  const code = text.charCodeAt(at);
  if (code === 13)
    return text.charCodeAt(at + 1) === 10 ? undefined : 'a carriage return without a line feed';
  if (code === 0) return 'a NUL character';
  if (code === 11) return 'a vertical tab';
  if (code === 12) return 'a form feed';
  if (code === 0xfeff) return 'a byte order mark';
  return isLoneSurrogate(text, at) ? 'half of a surrogate pair' : undefined;
};

/** Characters that some readers take as the end of a line and others do not. */
export const isDoubtfulLineEnd = (code: number): boolean =>
  code === 0x85 || code === 0x2028 || code === 0x2029;
