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

/**
 * Quantities of a text `cpus:2;mem:1024`; zeros are kept, because a limit of zero is a limit. Equal
 * names add up. Undefined when an item is not `name:decimal` with a value ≥ 0.
 *
 * @see mesos@1.11 src/common/resource_quantities.cpp `ResourceQuantities::fromString`
 */
export function parseQuantities(text: string): Quantities | undefined {
  const quantities: Record<string, Milli> = {};
  for (const item of text.split(";")) {
    if (item.trim() === "") continue;
    const [name = "", value = ""] = item.split(":", 2).map((part) => part.trim());
    const milli = parseMilli(value);
    if (name === "" || milli === undefined || milli < 0) return undefined;
    quantities[name] = (quantities[name] ?? 0) + milli;
  }
  return quantities;
}

/** Names of any of them, added up. */
export function sumQuantities(all: Iterable<Quantities>): Quantities {
  const sums: Record<string, Milli> = {};
  for (const quantities of all) {
    for (const [name, milli] of Object.entries(quantities)) sums[name] = (sums[name] ?? 0) + milli;
  }
  return sums;
}

/** What is left of each name of `a`; below 0 where `b` is more. */
export function minusQuantities(a: Quantities, b: Quantities): Quantities {
  return Object.fromEntries(
    Object.entries(a).map(([name, milli]) => [name, milli - (b[name] ?? 0)]),
  );
}

/** The amounts above 0. */
export function positiveQuantities(a: Quantities): Quantities {
  return Object.fromEntries(Object.entries(a).filter(([, milli]) => milli > 0));
}
