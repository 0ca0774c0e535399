/** Fields that are the same on every line, or are shown in front. */
const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set([
  "timestamp",
  "level",
  "message",
  "process",
  "version",
  "err_stack",
  "reconcile_id",
]);

/** A line of our JSON log as a person reads it; any other line as it is. */
export function readableLogLine(line: string): string {
  const entry = parse(line);
  if (entry === undefined) return line;
  const text = (value: unknown): string =>
    typeof value === "string" ? value : JSON.stringify(value);
  const fields = Object.entries(entry)
    .filter(([name]) => !SHOWN_ELSEWHERE.has(name))
    .map(([name, value]) => `${name}=${text(value)}`);
  const time = text(entry["timestamp"] ?? "").slice(11, 19);
  return [time, text(entry["level"] ?? ""), text(entry["message"]), ...fields]
    .filter(Boolean)
    .join(" ");
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    const value: unknown = JSON.parse(line);
    const isEntry = typeof value === "object" && value !== null && "message" in value;
    return isEntry ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
