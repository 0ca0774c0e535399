/** An agent attribute as Mesos types it; a number is a scalar. */
export type AttributeValue =
  | string
  | number
  | { readonly ranges: readonly (readonly [begin: number, end: number])[] }
  | { readonly set: readonly string[] };

/**
 * A scalar with at most three digits, half to even on the exact binary value (Marathon's `0.###`): 1.0005 is stored
 * slightly below, so it gives `1`; 0.0625 is a true half and gives `0.062`.
 */
export function scalarText(value: number): string {
  const sixteenths = value * 16;
  const isHalf = Number.isInteger(sixteenths) && Math.abs(sixteenths % 2) === 1;
  if (!isHalf) return String(Number(value.toFixed(3)));
  const below = Math.floor(value * 1000);
  return String((below % 2 === 0 ? below : below + 1) / 1000);
}

/** The text that constraints compare: ranges `[1-2,5-6]` and sets `{a,b}` sorted. */
export function attributeText(value: AttributeValue): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return scalarText(value);
  if ("set" in value) return `{${value.set.toSorted().join(",")}}`;
  const sorted = value.ranges.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
  return `[${sorted.map(([begin, end]) => `${begin}-${end}`).join(",")}]`;
}
