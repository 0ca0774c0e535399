const SUFFIX: Readonly<Record<string, readonly [mantissa: number, power: number]>> = {
  n: [10, -9],
  u: [10, -6],
  m: [10, -3],
  "": [10, 0],
  k: [10, 3],
  M: [10, 6],
  G: [10, 9],
  T: [10, 12],
  P: [10, 15],
  E: [10, 18],
  Ki: [2, 10],
  Mi: [2, 20],
  Gi: [2, 30],
  Ti: [2, 40],
  Pi: [2, 50],
  Ei: [2, 60],
};
const QUANTITY = /^([+-]?\d*\.?\d*)(?:([eE][+-]?\d+)|([numkMGTPE]|[KMGTPE]i)?)$/;

/**
 * Thousandths of the unit that a Kubernetes quantity stands for (`250m` → 250, `1Gi` → 1024³ × 1000), rounded up as the
 * scheduler does. Undefined for what is no quantity. Exact below 2^53; larger ones keep a double's precision.
 */
export function parseQuantityMilli(text: string | number): number | undefined {
  const match = QUANTITY.exec(String(text));
  const digits = match?.[1];
  if (match === null || digits === undefined || !/\d/.test(digits)) return undefined;
  if (match[2] !== undefined) return ceilMilli(Number(digits + match[2]) * 1000);
  const [base, power] = SUFFIX[match[3] ?? ""]!;
  // Divide rather than multiply by a negative power: 0.1 × 10^-3 would gain a last digit.
  const value = power < 0 ? Number(digits) / base ** -power : Number(digits) * base ** power;
  return ceilMilli(value * 1000);
}

function ceilMilli(milli: number): number {
  const nearest = Math.round(milli);
  return Math.abs(milli - nearest) < 1e-6 * Math.max(1, Math.abs(milli) * 1e-9)
    ? nearest
    : Math.ceil(milli);
}

/** Milli-units as the shortest decimal quantity: 1500 → `1500m`, 2000 → `2`. */
export function cpuQuantity(milli: number): string {
  return milli % 1000 === 0 ? String(milli / 1000) : `${milli}m`;
}

/** Milli-MiB as a quantity that Kubernetes reads back exactly: 64000 → `64Mi`, 1500 → `1572864`. */
export function memoryQuantity(milliMiB: number): string {
  if (milliMiB % 1000 === 0) return `${milliMiB / 1000}Mi`;
  return String(Math.ceil((milliMiB * 1024 * 1024) / 1000));
}
