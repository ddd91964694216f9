const formatters = new Map<string, Intl.DateTimeFormat>();

function formatterOf(zone: string): Intl.DateTimeFormat {
  const known = formatters.get(zone);
  if (known !== undefined) return known;
  try {
    const made = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
      era: 'short',
    });
    formatters.set(zone, made);
    return made;
  } catch {
    throw new Error(`Invalid time zone: ${zone}`);
  }
}

const fixed = /^(?:UTC)?([+-])([0-9]{1,2})(?::?([0-9]{2}))?$/;

/** Seconds east of UTC at an instant. */
export function offsetAt(seconds: number, zone: string): number {
  if (zone === 'UTC' || zone === 'Z' || zone === 'GMT') return 0;
  const match = fixed.exec(zone);
  if (match !== null) {
    const size = Number(match[2]) * 3600 + Number(match[3] ?? '0') * 60;
    return match[1] === '-' ? -size : size;
  }
  return namedOffset(seconds, zone);
}

function namedOffset(seconds: number, zone: string): number {
  const parts = formatterOf(zone).formatToParts(seconds * 1000);
  const part = (type: string): number => Number(parts.find((candidate) => candidate.type === type)?.value);
  const year = parts.some((candidate) => candidate.type === 'era' && candidate.value === 'BC')
    ? 1 - part('year')
    : part('year');
  const local = new Date(0);
  local.setUTCFullYear(year, part('month') - 1, part('day'));
  local.setUTCHours(part('hour'), part('minute'), part('second'));
  return Math.round(local.getTime() / 1000) - seconds;
}

/** The instant of a local time; in a gap or overlap the offset before the change counts. */
export function instantOf(localSeconds: number, zone: string): number {
  const before = offsetAt(localSeconds - 86_400, zone);
  const first = localSeconds - before;
  if (offsetAt(first, zone) === before) return first;
  const after = offsetAt(localSeconds + 86_400, zone);
  const second = localSeconds - after;
  return offsetAt(second, zone) === after ? second : first;
}

export function offsetText(offset: number, colon: string): string {
  const size = Math.abs(offset);
  const hours = String(Math.floor(size / 3600)).padStart(2, '0');
  const minutes = String(Math.floor(size / 60) % 60).padStart(2, '0');
  return `${offset < 0 ? '-' : '+'}${hours}${colon}${minutes}`;
}
