import { encodeBase64 } from "../../../api/mesos/base64.ts";
import type { MasterCall } from "../../../api/mesos/operator-call.ts";
import type { MasterResponse } from "../../../api/mesos/operator-response.ts";
import type { HttpReply } from "../../../runtime/ports/http-exchange.ts";
import type { MasterLog } from "../serve/master-log.ts";
import { textReply } from "./replies.ts";

/** The one file there is. */
const LOG_PATH = "/master/log";
/** A regular file that its owner writes and everybody reads. */
const FILE_MODE = 0o100644;

/** SET_LOGGING_LEVEL, and calls for files that are not there; undefined for what is answered otherwise. */
export function changeLog(log: MasterLog | undefined, call: MasterCall): HttpReply | undefined {
  if (log === undefined) return undefined;
  switch (call.type) {
    case "SET_LOGGING_LEVEL": {
      const { level, duration } = call.set_logging_level ?? { level: 0 };
      const durationMs = (duration?.nanoseconds ?? 0) / 1e6;
      if (durationMs < 0) return textReply(400, "'set_logging_level.duration' is negative");
      log.setLevel(level, durationMs);
      return textReply(200, "");
    }
    case "LIST_FILES":
      return missingFile(call.list_files?.path ?? "");
    case "READ_FILE": {
      const { path, offset } = call.read_file ?? { path: "", offset: 0 };
      if (missingFile(path) !== undefined) return missingFile(path);
      // A client that follows the log would take other bytes for those it asked for.
      return offset < log.keptFrom
        ? textReply(400, `${LOG_PATH} is kept from offset ${log.keptFrom} on`)
        : undefined;
    }
    default:
      return undefined;
  }
}

function missingFile(path: string): HttpReply | undefined {
  return path.replace(/\/+$/, "") === LOG_PATH
    ? undefined
    : textReply(404, `File not found: ${path}`);
}

/** LIST_FILES and READ_FILE of the log; undefined for other calls, or without a log. */
export function readLog(log: MasterLog | undefined, call: MasterCall): MasterResponse | undefined {
  if (log === undefined) return undefined;
  switch (call.type) {
    case "LIST_FILES":
      return {
        type: "LIST_FILES",
        list_files: {
          file_infos: [{ path: LOG_PATH, nlink: 1, size: log.size, mode: FILE_MODE }],
        },
      };
    case "READ_FILE": {
      const { offset = 0, length } = call.read_file ?? {};
      const data = encodeBase64(log.read(offset, length));
      return { type: "READ_FILE", read_file: { size: log.size, data } };
    }
    default:
      return undefined;
  }
}
