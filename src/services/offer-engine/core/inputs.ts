import type { AgentCall, SubscribeCall } from "../../../api/agent-link/calls.ts";
import type { AgentId, FrameworkId } from "../../../api/ids/ids.ts";
import type { OfferOperation } from "../../../api/mesos/offer.ts";
import type { SchedulerCall, SchedulerCallSubscribe } from "../../../api/mesos/scheduler-call.ts";
import type { AllocatorEvent } from "../../../domain/allocator/events.ts";
import type { MachineName } from "../../../domain/mesos/maintenance/machine.ts";
import type { ClusterConfig } from "../ports.ts";

/** What the allocator is told of pods as it comes. */
type PodInput = Extract<
  AllocatorEvent,
  {
    readonly kind:
      "podWaiting" | "podRulesChanged" | "podGone" | "podPlaced" | "podAdmissionFailed";
  }
>;

/** An operator's operation on resources of an agent; answered by the effect of the same `requestId`. */
export interface OperatorOperation {
  readonly kind: "agentOperated";
  readonly requestId: string;
  readonly agentId: AgentId;
  readonly operation: OfferOperation;
  readonly principal: string | undefined;
}

/** Everything that can happen to the engine; one at a time, each with its time. */
export type EngineInput =
  | {
      readonly kind: "frameworkSubscribed";
      readonly streamId: string;
      readonly call: SchedulerCallSubscribe;
    }
  /** A call other than SUBSCRIBE that passed the request pipeline. */
  | {
      readonly kind: "frameworkCalled";
      readonly frameworkId: FrameworkId;
      readonly call: SchedulerCall;
    }
  | { readonly kind: "frameworkStreamClosed"; readonly streamId: string }
  /** The reader is too slow: no new offers until it has caught up. */
  | {
      readonly kind: "frameworkStreamBlocked";
      readonly streamId: string;
      readonly blocked: boolean;
    }
  | {
      readonly kind: "agentSubscribed";
      readonly linkId: string;
      readonly call: SubscribeCall;
      readonly address: string;
    }
  | {
      readonly kind: "agentCalled";
      readonly linkId: string;
      readonly calls: readonly AgentCall[];
    }
  | { readonly kind: "agentLinkClosed"; readonly linkId: string }
  /** The record of an agent that is new is durable. */
  | { readonly kind: "agentRecorded"; readonly linkId: string }
  /** The record that says the agent is unreachable is durable. */
  | { readonly kind: "unreachableRecorded"; readonly agentId: AgentId }
  /** The coalescing window of the allocator is over. */
  | { readonly kind: "allocationDue" }
  /** Every 250 ms. `lagMs`: how late this tick came; leases are extended by it. */
  | { readonly kind: "ticked"; readonly lagMs: number }
  | { readonly kind: "configChanged"; readonly config: ClusterConfig }
  | { readonly kind: "teardown"; readonly frameworkId: FrameworkId }
  | {
      readonly kind: "agentDeactivationSet";
      readonly agentId: AgentId;
      readonly deactivated: boolean;
    }
  | {
      readonly kind: "agentDrained";
      readonly agentId: AgentId;
      readonly maxGracePeriodMs: number | undefined;
      readonly markGone: boolean;
    }
  | { readonly kind: "agentMarkedGone"; readonly agentId: AgentId }
  /** The record that says the agent is gone is durable. */
  | { readonly kind: "goneRecorded"; readonly agentId: AgentId }
  /** The record of these operations is durable. */
  | {
      readonly kind: "operationsRecorded";
      readonly agentId: AgentId;
      readonly uuids: readonly string[];
    }
  | OperatorOperation
  | { readonly kind: "maintenanceStarted"; readonly machines: readonly MachineName[] }
  /** The records that say the machines are down are durable. */
  | { readonly kind: "machinesDownRecorded"; readonly machines: readonly MachineName[] }
  | { readonly kind: "maintenanceStopped"; readonly machines: readonly MachineName[] }
  | { readonly kind: "machinesUpRecorded"; readonly machines: readonly MachineName[] }
  | { readonly kind: "podsKnown" }
  | PodInput
  | { readonly kind: "podAdmissionWindow"; readonly free: number }
  /** The node of the agent changed in what pods ask for. */
  | { readonly kind: "podAgentRulesChanged"; readonly agentId: AgentId };
