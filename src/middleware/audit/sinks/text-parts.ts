/** A text in parts of at most so many bytes of UTF-8, no character torn. */
export function textParts(text: string, bytes: number): readonly string[] {
  const whole = Buffer.from(text);
  const parts: string[] = [];
  for (let start = 0; start < whole.length;) {
    let end = Math.min(start + bytes, whole.length);
    while (isContinuation(whole[end])) end -= 1;
    parts.push(whole.toString('utf8', start, end));
    start = end;
  }
  return parts;
}

/** Bytes that go on with a character begin with the bits 10. */
const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;
