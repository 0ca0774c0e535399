import type { SchedulerCall } from "../../api/mesos/scheduler-call.ts";
import type { SchedulerEvent } from "../../api/mesos/scheduler-event.ts";

/** One subscription: its events until the master or the network ends it, and calls that belong to it. */
export interface SchedulerSession {
  readonly events: AsyncIterable<SchedulerEvent>;
  /** @throws {OperatingError} MASTER_UNAVAILABLE when the master refuses the call or is away. */
  send(call: SchedulerCall): Promise<void>;
}

/** The scheduler API of whichever master leads. */
export interface SchedulerApi {
  /**
   * Subscribes at the leading master (redirects are followed).
   * @throws {OperatingError} MASTER_UNAVAILABLE when no leader answers.
   */
  subscribe(call: SchedulerCall, signal: AbortSignal): Promise<SchedulerSession>;
}
