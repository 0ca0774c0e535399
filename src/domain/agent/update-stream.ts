import type { TaskState, TaskStatus } from "../../api/mesos/task-status.ts";
import { isTerminalState } from "../mesos/task-state.ts";

/** First wait for an acknowledgement; doubles with each try up to {@link RETRY_MS_MAX}. */
export const RETRY_MS_MIN = 10_000;
export const RETRY_MS_MAX = 600_000;

/** The reliable delivery of one task's updates: at least once, in order, one outstanding. */
export interface UpdateStream {
  /** Not yet acknowledged, oldest first; the head is the one that is or will be forwarded. */
  readonly pending: readonly TaskStatus[];
  /** The state the task has, however long the queue is. */
  readonly latestState: TaskState;
  /** The newest status, acknowledged or not: what reconciliation answers. */
  readonly latest?: TaskStatus;
  /** When the head is to be sent again (monotonic ms); absent: it was not sent yet, or delivery is paused. */
  readonly retryAtMs?: number;
  readonly retryMs: number;
  /** The terminal update was acknowledged: nothing more will be said. */
  readonly closed: boolean;
}

export const NEW_STREAM: UpdateStream = {
  pending: [],
  latestState: "TASK_STAGING",
  retryMs: RETRY_MS_MIN,
  closed: false,
};

export type EnqueueOutcome = "queued" | "duplicate" | "afterTerminal";

/** Adds an update. One with a known uuid, or after a terminal one, changes nothing. */
export function enqueueUpdate(
  stream: UpdateStream,
  status: TaskStatus,
): { readonly stream: UpdateStream; readonly outcome: EnqueueOutcome } {
  if (stream.latest?.uuid === status.uuid || stream.pending.some((p) => p.uuid === status.uuid)) {
    return { stream, outcome: "duplicate" };
  }
  if (stream.closed || isTerminalState(stream.latestState)) {
    return { stream, outcome: "afterTerminal" };
  }
  const pending = [...stream.pending, status];
  return {
    stream: { ...stream, pending, latest: status, latestState: status.state },
    outcome: "queued",
  };
}

export type AcknowledgeOutcome = "next" | "drained" | "closed" | "unknownUuid";

/** Takes the head off when `uuid` is its; `closed` when that was the terminal update. */
export function acknowledgeUpdate(
  stream: UpdateStream,
  uuid: string,
): { readonly stream: UpdateStream; readonly outcome: AcknowledgeOutcome } {
  const [head, ...rest] = stream.pending;
  if (head === undefined || head.uuid !== uuid) return { stream, outcome: "unknownUuid" };
  const { retryAtMs: _sent, ...kept } = stream;
  const closed = isTerminalState(head.state);
  const next: UpdateStream = {
    ...kept,
    pending: closed ? [] : rest,
    retryMs: RETRY_MS_MIN,
    closed,
  };
  return { stream: next, outcome: closed ? "closed" : rest.length > 0 ? "next" : "drained" };
}

/**
 * What to forward now: the head, when it was never sent or its wait is over. The stream returned has the next wait.
 * Call it after every change, on a timer at `retryAtMs`, and only while a master listens.
 */
export function forwardDue(
  stream: UpdateStream,
  nowMs: number,
): { readonly stream: UpdateStream; readonly forward?: TaskStatus; readonly retry: boolean } {
  const head = stream.pending[0];
  if (head === undefined || (stream.retryAtMs !== undefined && nowMs < stream.retryAtMs)) {
    return { stream, retry: false };
  }
  return {
    stream: {
      ...stream,
      retryAtMs: nowMs + stream.retryMs,
      retryMs: Math.min(stream.retryMs * 2, RETRY_MS_MAX),
    },
    forward: head,
    retry: stream.retryAtMs !== undefined,
  };
}

/** The link is down: the head counts as not sent, so that it goes out at once when a master listens again. */
export function pauseDelivery(stream: UpdateStream): UpdateStream {
  const { retryAtMs: _sent, ...rest } = stream;
  return { ...rest, retryMs: RETRY_MS_MIN };
}

/** One durable line of a stream. */
export type StreamRecord =
  | { readonly kind: "update"; readonly status: TaskStatus }
  | { readonly kind: "acknowledged"; readonly uuid: string };

/** The stream that its durable lines stand for; lines that say nothing new are skipped. */
export function replayStream(records: readonly StreamRecord[]): UpdateStream {
  let stream = NEW_STREAM;
  for (const record of records) {
    stream =
      record.kind === "update"
        ? enqueueUpdate(stream, record.status).stream
        : acknowledgeUpdate(stream, record.uuid).stream;
  }
  return stream;
}
