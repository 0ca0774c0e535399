import { Exception } from "node-zookeeper-client";
import type { ErrorCode } from "../../../api/errors/table.ts";
import { OperatingError } from "../../../api/errors/operating-error.ts";

const CODES: ReadonlyMap<number, ErrorCode> = new Map([
  [Exception.CONNECTION_LOSS, "ZK_CONNECTION_LOSS"],
  [Exception.NO_NODE, "ZK_NO_NODE"],
  [Exception.NO_AUTH, "ZK_NO_AUTH"],
  [Exception.SESSION_EXPIRED, "ZK_SESSION_EXPIRED"],
  [Exception.AUTH_FAILED, "ZK_AUTH_FAILED"],
]);

/** What a call that failed means, above the library. */
export function fromZooKeeper(error: Exception, call: string, path: string): OperatingError {
  const code = CODES.get(error.code) ?? "ZK_UNKNOWN";
  return new OperatingError(code, `${call} ${path} failed: ${error.message}`, {
    details: { rc: error.code, path },
    cause: error,
  });
}
