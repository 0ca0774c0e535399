const SHAPE = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:?\d{2})$/;

/** Marathon's timestamp of a moment: UTC, three digits, e.g. `2026-11-21T13:10:03.120Z`. */
export function formatTimestamp(epochMs: number): string {
  return new Date(epochMs).toISOString();
}

/** Epoch milliseconds of an ISO 8601 timestamp with zone, or `undefined` when the text is none. */
export function parseTimestamp(text: string): number | undefined {
  if (!SHAPE.test(text)) return undefined;
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? undefined : epochMs;
}

/** A version for a change made now that differs from the one before: two changes in one millisecond get two. */
export function nextVersion(nowMs: number, previous: string | undefined): string {
  const previousMs = previous === undefined ? undefined : parseTimestamp(previous);
  return formatTimestamp(previousMs === undefined || nowMs > previousMs ? nowMs : previousMs + 1);
}
