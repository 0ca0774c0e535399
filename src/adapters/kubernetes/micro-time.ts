/** Kubernetes' MicroTime: exactly six fraction digits; 1.34 refuses the three of `toISOString()`. */
export function formatMicroTime(ms: number): string {
  return new Date(ms).toISOString().replace("Z", "000Z");
}

/** Milliseconds of a MicroTime; `undefined` for anything else. */
export function parseMicroTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}
