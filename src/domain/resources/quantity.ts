/** Thousandths of a unit: the only form in which the domain holds scalars. */
export type Milli = number;

/** Amounts in thousandths by resource name. */
export type Quantities = Readonly<Record<string, Milli>>;

const DECIMAL = /^[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** The double as thousandths, rounded half away from zero as Mesos does at its edge. */
export function toMilli(value: number): Milli {
  const scaled = Math.abs(value) * 1000;
  const rounded = Math.floor(scaled + 0.5);
  return value < 0 ? -rounded : rounded;
}

/** The double that wire formats carry. */
export function fromMilli(milli: Milli): number {
  return milli / 1000;
}

/** Thousandths of a decimal text; undefined when it is not a finite decimal that stays exact. */
export function parseMilli(text: string): Milli | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const milli = toMilli(Number(text));
  return Number.isSafeInteger(milli) ? milli : undefined;
}

/** Shortest decimal with at most three places: 1500 → "1.5". */
export function formatMilli(milli: Milli): string {
  const sign = milli < 0 ? "-" : "";
  const whole = Math.floor(Math.abs(milli) / 1000);
  const rest = Math.abs(milli) % 1000;
  if (rest === 0) return `${sign}${String(whole)}`;
  return `${sign}${String(whole)}.${String(rest).padStart(3, "0").replace(/0+$/, "")}`;
}
