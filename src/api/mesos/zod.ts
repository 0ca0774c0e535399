import { z } from "zod";

import { decodeJson } from "./json-decode.ts";
import type { MessageType } from "./schema.ts";

/** A zod schema that reads the JSON of a message, for schemas of ours that carry Mesos messages. */
export function zodMessage<T>(type: MessageType<T>): z.ZodType<T> {
  return z.unknown().transform((raw, context): T => {
    const decoded = decodeJson(type, raw);
    if (decoded.ok) return decoded.value;
    context.addIssue({ code: "custom", message: `${type.name}: ${decoded.error}` });
    return z.NEVER;
  });
}
