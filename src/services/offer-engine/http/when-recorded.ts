import type { HttpReply } from "../../../runtime/ports/http-exchange.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import { unwritten } from "./config-writes.ts";

/** The answer to a change of records: made when they are durable; 503 when they could not be written. */
export async function whenRecorded(
  host: Pick<EngineHost, "recordsSettled">,
  reply: () => HttpReply,
): Promise<HttpReply> {
  try {
    await host.recordsSettled();
  } catch (error) {
    return unwritten(error);
  }
  return reply();
}
