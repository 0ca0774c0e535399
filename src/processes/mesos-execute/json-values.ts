import { readFileSync } from "node:fs";
import { z } from "zod";
import { decodeJson } from "../../api/mesos/json-decode.ts";
import type { MessageType } from "../../api/mesos/schema.ts";
import { normalizeLenient } from "../../domain/mesos/lenient-input.ts";

/** JSON, or the path of a file with JSON: `/path` or `file:///path`. */
export const jsonOrFile = z.string().transform((text, context): unknown => {
  const path = text.startsWith("file://") ? text.slice("file://".length) : text;
  let json = text;
  if (path.startsWith("/")) {
    try {
      json = readFileSync(path, "utf8");
    } catch {
      context.addIssue({ code: "custom", message: `${path} cannot be read` });
      return z.NEVER;
    }
  }
  try {
    return JSON.parse(json);
  } catch {
    context.addIssue({ code: "custom", message: "give JSON, or the path of a file with JSON" });
    return z.NEVER;
  }
});

/** A Mesos message in JSON; `complete` adds what the message must have and the user cannot know. */
export function messageOf<T>(type: MessageType<T>, complete = (raw: unknown): unknown => raw) {
  return jsonOrFile.transform((raw, context): T => {
    const decoded = decodeJson(type, complete(raw), { normalize: normalizeLenient });
    if (decoded.ok) return decoded.value;
    context.addIssue({ code: "custom", message: `${type.name}: ${decoded.error}` });
    return z.NEVER;
  });
}

/** A list of Mesos messages in JSON. */
export function messagesOf<T>(type: MessageType<T>) {
  return jsonOrFile.pipe(z.array(z.unknown())).transform((items, context): readonly T[] =>
    items.map((raw) => {
      const decoded = decodeJson(type, raw, { normalize: normalizeLenient });
      if (decoded.ok) return decoded.value;
      context.addIssue({ code: "custom", message: `${type.name}: ${decoded.error}` });
      return z.NEVER;
    }),
  );
}
