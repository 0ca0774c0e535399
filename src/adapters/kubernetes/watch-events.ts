import { OperatingError } from "../../api/errors/operating-error.ts";
import type { KubeObject } from "../../runtime/kube/kube-object.ts";
import type { WatchEvent } from "../../runtime/ports/kube-transport.ts";
import { fromStatus, type FailedCall, type KubeStatus } from "./errors.ts";

const INITIAL_EVENTS_END = "k8s.io/initial-events-end";

interface WireEvent<T> {
  readonly type?: WatchEvent<KubeObject>["type"] | "ERROR";
  readonly object?: T;
}

/** One line of a watch as an event. @throws {OperatingError} the code of an ERROR event; KUBE_PROTOCOL for anything unknown. */
export function decodeWatchEvent<T extends KubeObject>(
  call: FailedCall,
  line: unknown,
): WatchEvent<T> {
  const { type, object } = line as WireEvent<T>;
  switch (type) {
    case "ADDED":
    case "MODIFIED":
    case "DELETED":
      if (object?.metadata === undefined) break;
      return { type, object };
    case "BOOKMARK": {
      const { metadata } = object ?? {};
      if (metadata?.resourceVersion === undefined) break;
      return {
        type,
        resourceVersion: metadata.resourceVersion,
        initialEventsEnd: metadata.annotations?.[INITIAL_EVENTS_END] === "true",
      };
    }
    case "ERROR": {
      const status = (object ?? {}) as KubeStatus;
      throw fromStatus(call, status.code ?? 500, status, retryAfterOf(status));
    }
    case undefined:
      break;
  }
  throw new OperatingError("KUBE_PROTOCOL", "a watch line is no watch event");
}

function retryAfterOf(status: KubeStatus): number | undefined {
  const seconds = status.details?.retryAfterSeconds;
  return seconds === undefined ? undefined : seconds * 1_000;
}
