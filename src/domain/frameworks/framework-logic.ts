import type { SchedulerCall } from "../../api/mesos/scheduler-call.ts";
import type { SchedulerEvent } from "../../api/mesos/scheduler-event.ts";

/** What a framework is told: an event of the master, or that the time it asked for has come. `nowMs` is monotonic. */
export type FrameworkInput =
  | { readonly kind: "event"; readonly event: SchedulerEvent; readonly nowMs: number }
  | { readonly kind: "wake"; readonly nowMs: number };

export interface FrameworkStep<S> {
  readonly state: S;
  /** To be sent in order; the framework id is filled in. */
  readonly calls: readonly SchedulerCall[];
  /** For people: one line each. */
  readonly lines?: readonly string[];
}

/** Why a framework is over. */
export type FrameworkEnd =
  | { readonly kind: "done" }
  /** It gave up by its own decision; its tasks go with it. */
  | { readonly kind: "failed"; readonly reason: string }
  /** The master said that it must not go on; there is nothing left to tear down. */
  | { readonly kind: "refused"; readonly reason: string };

/** A framework as a pure function: state and input in, state and calls out. The same driver runs all of them. */
export interface FrameworkLogic<S> {
  readonly start: S;
  advance(state: S, input: FrameworkInput): FrameworkStep<S>;
  /** Undefined while it goes on. */
  endOf(state: S): FrameworkEnd | undefined;
  /** Monotonic ms at which it wants to be woken; undefined = events are enough. */
  wakeAtMs(state: S): number | undefined;
}
