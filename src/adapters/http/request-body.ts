import type { IncomingMessage } from "node:http";

/**
 * The whole body. `tooLarge`: it passes `bytesMax` (by its announced length, or by what came); `aborted`: the client went
 * away or was silent for `idleMs`.
 */
export function readBody(
  request: IncomingMessage,
  bytesMax: number,
  idleMs: number,
): Promise<Uint8Array | "tooLarge" | "aborted"> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > bytesMax) return Promise.resolve("tooLarge");
  return new Promise((resolve) => {
    const parts: Buffer[] = [];
    let length = 0;
    request.setTimeout(idleMs, () => {
      request.destroy();
    });
    request.on("data", (part: Buffer) => {
      length += part.length;
      if (length > bytesMax) {
        request.setTimeout(0);
        request.pause();
        resolve("tooLarge");
        return;
      }
      parts.push(part);
    });
    request.once("end", () => {
      request.setTimeout(0);
      resolve(parts.length === 1 ? (parts[0] ?? Buffer.alloc(0)) : Buffer.concat(parts));
    });
    request.once("error", () => {
      resolve("aborted");
    });
    request.once("close", () => {
      resolve("aborted");
    });
  });
}
