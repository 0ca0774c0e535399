import { isOperatingError } from "../../../api/errors/operating-error.ts";
import { assertNever } from "../../../api/invariant.ts";
import type { HttpReply } from "../../../runtime/ports/http-exchange.ts";
import type { ClusterConfigWriter, ConfigWriteOutcome } from "../ports.ts";
import type { EngineHost } from "../serve/engine-host.ts";
import { textReply } from "./replies.ts";

/**
 * Writes and answers: 200 when the change is durable and in force, 409 naming who else manages the field, 503 when the
 * store cannot be reached.
 */
export async function writeConfig(
  host: EngineHost,
  write: (writer: ClusterConfigWriter) => Promise<ConfigWriteOutcome>,
): Promise<HttpReply> {
  if (host.configWriter === undefined) {
    return textReply(501, "The configuration cannot be changed through this master");
  }
  try {
    return replyTo(await write(host.configWriter));
  } catch (error) {
    return unwritten(error);
  }
}

/** 503 for a change that the store did not take. @throws what is no failure of operation. */
export function unwritten(error: unknown): HttpReply {
  if (!isOperatingError(error)) throw error;
  return textReply(503, `The change could not be written: ${error.message}. ${error.hint}`);
}

function replyTo(outcome: ConfigWriteOutcome): HttpReply {
  switch (outcome.kind) {
    case "written":
      return textReply(200, "");
    case "managedElsewhere": {
      const { subject, field, manager } = outcome;
      return textReply(409, `${subject}: ${field} is managed by '${manager}'; change it there`);
    }
    case "refused":
      return textReply(400, outcome.reason);
    default:
      return assertNever(outcome);
  }
}
