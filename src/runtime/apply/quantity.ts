const PATTERN = /^([+-]?)(\d+)(?:\.(\d*))?(?:([eE])([+-]?\d+)|([a-zA-Z]{1,2}))?$/;
const BINARY: Readonly<Record<string, bigint>> = {
  Ki: 2n ** 10n,
  Mi: 2n ** 20n,
  Gi: 2n ** 30n,
  Ti: 2n ** 40n,
  Pi: 2n ** 50n,
  Ei: 2n ** 60n,
};
const DECIMAL: Readonly<Record<string, number>> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const EXPONENT_MAX = 30;

/**
 * A Kubernetes quantity in billionths, rounded up as the server does, or `undefined` for anything else. `1500m`, `1.5` and `15e-1`
 * give 1_500_000_000n; `1Ki` gives 1024 × 10⁹.
 */
export function quantityNanos(text: string): bigint | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = "", fraction = "", exponentMark, exponentText, suffix = ""] = match;
  const binary = BINARY[suffix];
  let exponent = 9;
  if (exponentMark !== undefined) exponent += Number(exponentText);
  else if (binary === undefined && suffix !== "") {
    const power = DECIMAL[suffix];
    if (power === undefined) return undefined;
    exponent += power;
  }
  if (Math.abs(exponent) > EXPONENT_MAX) return undefined;
  const digits = BigInt(whole + fraction) * (binary ?? 1n);
  const scale = exponent - fraction.length;
  const nanos =
    scale >= 0 ? digits * 10n ** BigInt(scale) : divideUp(digits, 10n ** BigInt(-scale));
  return sign === "-" ? -nanos : nanos;
}

function divideUp(a: bigint, b: bigint): bigint {
  return (a + b - 1n) / b;
}
