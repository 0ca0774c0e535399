import { OperatingError } from "../../api/errors/operating-error.ts";

const NEWLINE = 10;

/**
 * Splits a byte stream into lines and parses each as JSON; an unfinished last line is dropped, as the connection ended in it.
 * @throws {OperatingError} KUBE_TOO_LARGE when a line passes `lineMaxBytes`; KUBE_PROTOCOL when one is not JSON.
 */
export async function* readJsonLines(
  bytes: AsyncIterable<Uint8Array>,
  lineMaxBytes: number,
): AsyncGenerator<unknown, void, undefined> {
  const parts: Buffer[] = [];
  let partBytes = 0;
  for await (const chunk of bytes) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = buffer.indexOf(NEWLINE); end >= 0; end = buffer.indexOf(NEWLINE, start)) {
      parts.push(buffer.subarray(start, end));
      const line = (parts.length === 1 ? parts[0]! : Buffer.concat(parts)).toString("utf8");
      parts.length = 0;
      partBytes = 0;
      start = end + 1;
      if (line !== "") yield parseLine(line);
    }
    if (start < buffer.length) {
      parts.push(buffer.subarray(start));
      partBytes += buffer.length - start;
      if (partBytes > lineMaxBytes) {
        throw new OperatingError("KUBE_TOO_LARGE", `a watch line passes ${lineMaxBytes} bytes`);
      }
    }
  }
}

function parseLine(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch (cause) {
    throw new OperatingError("KUBE_PROTOCOL", "a watch line is not JSON", { cause });
  }
}
