/** When something recurs, in the local time of its zone: the values that each field allows. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly daysOfMonth: ReadonlySet<number>;
  readonly months: ReadonlySet<number>;
  /** 0 = Sunday. */
  readonly daysOfWeek: ReadonlySet<number>;
  /** Both day fields are limited: either of them suffices, as in Vixie cron. */
  readonly isEitherDay: boolean;
}

const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const DAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

/**
 * Five fields: minute, hour, day of month, month, day of week (0 and 7 are Sunday); each `*`, a value, a range, a list of
 * these, and `/step` behind a `*` or a range. Names of months and days have three letters. Undefined when it is none.
 */
export function parseCron(text: string): Cron | undefined {
  const fields = text.trim().split(/\s+/);
  const [minute = "", hour = "", dayOfMonth = "", month = "", dayOfWeek = ""] = fields;
  const minutes = parseField(minute, 0, 59);
  const hours = parseField(hour, 0, 23);
  const daysOfMonth = parseField(dayOfMonth, 1, 31);
  const months = parseField(named(month, MONTHS, 1), 1, 12);
  const daysOfWeek = parseField(named(dayOfWeek, DAYS, 0), 0, 7)?.map((day) => day % 7);
  if (fields.length !== 5 || !minutes || !hours || !daysOfMonth || !months || !daysOfWeek) {
    return undefined;
  }
  return {
    minutes,
    hours,
    daysOfMonth: new Set(daysOfMonth),
    months: new Set(months),
    daysOfWeek: new Set(daysOfWeek),
    isEitherDay: !dayOfMonth.startsWith("*") && !dayOfWeek.startsWith("*"),
  };
}

function named(field: string, names: readonly string[], first: number): string {
  return field.replace(/[A-Za-z]{3}/g, (name) => {
    const at = names.indexOf(name.toUpperCase());
    return at < 0 ? name : String(first + at);
  });
}

/** Ascending, each once; undefined when the field is not understood. */
function parseField(field: string, min: number, max: number): readonly number[] | undefined {
  const values = new Set<number>();
  for (const part of field.split(",")) {
    const match = /^(?:\*|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part);
    if (match === null) return undefined;
    const [, low, high, step] = match;
    if (low !== undefined && high === undefined && step !== undefined) return undefined;
    const from = low === undefined ? min : Number(low);
    const to = low === undefined ? max : Number(high ?? low);
    const by = Number(step ?? 1);
    if (from < min || to > max || from > to || by === 0) return undefined;
    for (let value = from; value <= to; value += by) values.add(value);
  }
  return [...values].sort((left, right) => left - right);
}

/** Whether the day is one of those, by the local calendar. @param month 1–12. */
export function isCronDay(
  cron: Cron,
  { month, day, dayOfWeek }: { month: number; day: number; dayOfWeek: number },
): boolean {
  if (!cron.months.has(month)) return false;
  const isDay = cron.daysOfMonth.has(day);
  const isDayOfWeek = cron.daysOfWeek.has(dayOfWeek);
  return cron.isEitherDay ? isDay || isDayOfWeek : isDay && isDayOfWeek;
}
