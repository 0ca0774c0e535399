import { type Cron, isCronDay, parseCron } from "./cron.ts";

/** When a window opens again and again. */
export interface Recurrence {
  /** Five fields. */
  readonly cron: string;
  /** IANA name. */
  readonly timeZone: string;
  readonly durationMs: number;
}

const DAY_MS = 86_400_000;
/** Longest wait for a day of the calendar: 29 February over a year without one. */
const DAYS_MAX = 366 * 8 + 2;

/** Why the text names no recurrence; undefined when it does. */
export function recurrenceFault({
  cron,
  timeZone,
}: Omit<Recurrence, "durationMs">): string | undefined {
  if (parseCron(cron) === undefined) return `"${cron}" is no cron schedule of five fields`;
  return zoneOf(timeZone) === undefined ? `"${timeZone}" is no time zone` : undefined;
}

/**
 * Start of the occurrence that is under way, or else of the next one, in ms; undefined when there is none or the recurrence
 * cannot be read. Local times that a clock change skips count as just after it; of those that come twice the first counts.
 */
export function occurrenceAt(recurrence: Recurrence, nowMs: number): number | undefined {
  const cron = parseCron(recurrence.cron);
  const zone = zoneOf(recurrence.timeZone);
  if (cron === undefined || zone === undefined) return undefined;
  const after = nowMs - recurrence.durationMs;
  const localNow = after + offsetMs(zone, after);
  const firstDay = Math.floor(localNow / DAY_MS);
  // The clock may have gone back since yesterday.
  for (let day = firstDay - 1; day < firstDay + DAYS_MAX; day += 1) {
    for (const local of timesOf(cron, day * DAY_MS)) {
      const startMs = utcOf(zone, local);
      if (startMs > after) return startMs;
    }
  }
  return undefined;
}

/** Local times of one day as if they were UTC, ascending. */
function* timesOf(cron: Cron, dayMs: number): Generator<number> {
  const date = new Date(dayMs);
  const calendar = {
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    dayOfWeek: date.getUTCDay(),
  };
  if (!isCronDay(cron, calendar)) return;
  for (const hour of cron.hours) {
    for (const minute of cron.minutes) yield dayMs + (hour * 60 + minute) * 60_000;
  }
}

function zoneOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
  } catch {
    return undefined;
  }
}

/** How far the local time is ahead of UTC at an instant. */
function offsetMs(zone: Intl.DateTimeFormat, instantMs: number): number {
  const parts: Partial<Record<Intl.DateTimeFormatPartTypes, number>> = {};
  for (const { type, value } of zone.formatToParts(instantMs)) parts[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const local = Date.UTC(year, month - 1, day, hour, minute, second);
  return local - Math.floor(instantMs / 1000) * 1000;
}

/** The instant of a local time: with the offset before a change of the clock if that is right, else with the one after it. */
function utcOf(zone: Intl.DateTimeFormat, local: number): number {
  const before = local - offsetMs(zone, local - DAY_MS);
  if (before + offsetMs(zone, before) === local) return before;
  const after = local - offsetMs(zone, local + DAY_MS);
  return after + offsetMs(zone, after) === local ? after : before;
}
