import { crc32c } from "./crc32c.ts";

/** One change of a record. `value` is the record's bytes in base64; absent = deleted. */
export interface LogEntry {
  readonly kind: string;
  readonly key: string;
  readonly version: number;
  readonly value?: string;
}

/** `<crc32c as 8 hex digits> <json>\n`; the sum covers the JSON. */
export function formatLine(entry: LogEntry): string {
  const json = JSON.stringify(entry);
  const sum = crc32c(Buffer.from(json)).toString(16).padStart(8, "0");
  return `${sum} ${json}\n`;
}

/** The entry of a line without its line break, or undefined when it is damaged. */
export function parseLine(line: string): LogEntry | undefined {
  const json = line.slice(9);
  if (line[8] !== " ") return undefined;
  if (crc32c(Buffer.from(json)).toString(16).padStart(8, "0") !== line.slice(0, 8))
    return undefined;
  return JSON.parse(json) as LogEntry;
}
