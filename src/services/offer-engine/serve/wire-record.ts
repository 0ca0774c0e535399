/** A record before framing: ASCII text, or bytes. */
export type WireRecord = string | Uint8Array;

/** `<decimal byte length>\n<record>` in one piece, for one write. */
export function frameRecord(record: WireRecord): WireRecord {
  const header = `${record.length}\n`;
  if (typeof record === "string") return header + record;
  const framed = new Uint8Array(header.length + record.length);
  for (let i = 0; i < header.length; i += 1) framed[i] = header.charCodeAt(i);
  framed.set(record, header.length);
  return framed;
}
