import { isAlphanumeric, isDigit, isLetter } from './characters.ts';
import type { Finder } from './finder.ts';
import { hasDigits } from './outline.ts';

/** How long the numbers of a country are (ISO 13616, the registry of SWIFT). */
const lengths = new Map(
  `AD24 AE23 AL28 AT20 AZ28 BA20 BE16 BG22 BH22 BI27 BR29 BY28 CH21 CR22 CY28 CZ24 DE22 DJ27 DK18 DO28 EE20 EG29 ES24
  FI18 FK18 FO18 FR27 GB22 GE22 GI23 GL18 GR27 GT28 HN28 HR21 HU28 IE22 IL23 IQ23 IS26 IT27 JO30 KW30 KZ20 LB28 LC32
  LI21 LT20 LU20 LV21 LY25 MC27 MD24 ME22 MK19 MN20 MR27 MT31 MU30 NI28 NL18 NO15 OM23 PK24 PL28 PS29 PT25 QA29 RO24
  RS22 RU33 SA24 SC31 SD18 SE24 SI19 SK24 SM27 SO23 ST25 SV28 TL23 TN24 TR26 UA29 VA22 VG24 XK20 YE30`
    .split(/\s+/)
    .map((entry) => [entry.slice(0, 2), Number(entry.slice(2))] as const),
);

/** International bank account numbers: the length of their country, and check digits that are right. */
export const findIban: Finder = {
  needs: hasDigits,
  find(text, _place, report) {
    for (let at = 0; at + 14 < text.length; at += 1) {
      if (!isLetter(text.charCodeAt(at)) || isAlphanumeric(text.charCodeAt(at - 1))) continue;
      const end = ibanEnd(text, at);
      if (end === undefined) continue;
      report(at, end);
      at = end;
    }
  },
};

function ibanEnd(text: string, start: number): number | undefined {
  if (
    !isLetter(text.charCodeAt(start + 1)) ||
    !isDigit(text.charCodeAt(start + 2)) ||
    !isDigit(text.charCodeAt(start + 3))
  )
    return undefined;
  const length = lengths.get(text.slice(start, start + 2).toUpperCase());
  if (length === undefined) return undefined;
  let number = '';
  let at = start;
  while (number.length < length) {
    if (isAlphanumeric(text.charCodeAt(at))) number += text.charAt(at);
    else if (!isSeparator(text.charCodeAt(at)) || !isAlphanumeric(text.charCodeAt(at + 1))) return undefined;
    at += 1;
  }
  return !isAlphanumeric(text.charCodeAt(at)) && remainder(number) === 1 ? at : undefined;
}

const isSeparator = (code: number): boolean => code === 32 || code === 160 || code === 45;

/** Of the number, its first four characters at its end and letters as 10 to 35, divided by 97. */
function remainder(number: string): number {
  let rest = 0;
  for (let at = 0; at < number.length; at += 1) {
    const value = Number.parseInt(number.charAt((at + 4) % number.length), 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}
