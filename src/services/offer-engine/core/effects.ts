import type { AgentEvent } from "../../../api/agent-link/events.ts";
import type { AgentId, KubeUid } from "../../../api/ids/ids.ts";
import type { MasterEvent } from "../../../api/mesos/operator-event.ts";
import type { SchedulerEvent } from "../../../api/mesos/scheduler-event.ts";
import type { PodAdmission } from "../../../domain/allocator/events.ts";
import type { EvictionReason } from "../../../domain/mesos/eviction-reason.ts";
import type { Offer } from "../../../domain/mesos/master-state.ts";
import type { PodAgent, RegistryKind } from "../ports.ts";
import type { EngineInput } from "./inputs.ts";

/** One write of a record; `value` is plain JSON. */
export type RecordWrite =
  | {
      readonly kind: "put";
      readonly record: RegistryKind;
      readonly key: string;
      readonly value: unknown;
    }
  | { readonly kind: "delete"; readonly record: RegistryKind; readonly key: string };

/** What became of an operator's operation: accepted, not valid, or its resources are taken. */
export type OperatorAnswer =
  | { readonly kind: "accepted" }
  | { readonly kind: "invalid"; readonly message: string }
  | { readonly kind: "taken"; readonly message: string };

/** What an input made the engine do to the world, in order. */
export type EngineEffect =
  | { readonly kind: "frameworkEvent"; readonly streamId: string; readonly event: SchedulerEvent }
  /** One OFFERS event; the stream encodes it from cached fragments and splits it at 1 MiB. */
  | { readonly kind: "offers"; readonly streamId: string; readonly offers: readonly Offer[] }
  /** For the operators who watch. */
  | { readonly kind: "masterEvent"; readonly event: MasterEvent }
  | { readonly kind: "closeFrameworkStream"; readonly streamId: string }
  | { readonly kind: "agentEvent"; readonly linkId: string; readonly event: AgentEvent }
  | { readonly kind: "closeAgentLink"; readonly linkId: string }
  /** Written in the order of the effects; when all are durable, `then` comes back as an input. */
  | {
      readonly kind: "persist";
      readonly writes: readonly RecordWrite[];
      readonly then?: EngineInput;
    }
  /** To whoever waits for the operator's operation of that id. */
  | {
      readonly kind: "operatorAnswered";
      readonly requestId: string;
      readonly answer: OperatorAnswer;
    }
  | { readonly kind: "admitPods"; readonly admissions: readonly PodAdmission[] }
  | {
      readonly kind: "evictPods";
      readonly podUids: readonly KubeUid[];
      readonly reason: EvictionReason;
    }
  /** For the admission of pods, at once: an agent came or changed, or went with all charges there. */
  | { readonly kind: "podAgentKnown"; readonly agent: PodAgent }
  | { readonly kind: "podAgentGone"; readonly agentId: AgentId };
