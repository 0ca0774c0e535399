import type { AgentCall, SubscribeCall } from "../../../src/api/agent-link/calls.ts";
import { subscribeCall } from "../../../src/api/agent-link/calls.ts";
import type { AgentEvent } from "../../../src/api/agent-link/events.ts";
import { asId, type AgentId, type FrameworkId } from "../../../src/api/ids/ids.ts";
import type { MasterEvent } from "../../../src/api/mesos/operator-event.ts";
import type { SchedulerCall } from "../../../src/api/mesos/scheduler-call.ts";
import type { SchedulerEvent } from "../../../src/api/mesos/scheduler-event.ts";
import type { TaskState, TaskStatus } from "../../../src/api/mesos/task-status.ts";
import { Allocator } from "../../../src/domain/allocator/allocator.ts";
import { allocatorDefaults } from "../../../src/domain/allocator/options.ts";
import type { Offer } from "../../../src/domain/mesos/master-state.ts";
import { writeResources } from "../../../src/domain/mesos/wire-resources.ts";
import { resourcesOf } from "../../../src/domain/resources/parse-resources.ts";
import type {
  EngineEffect,
  OperatorAnswer,
  RecordWrite,
} from "../../../src/services/offer-engine/core/effects.ts";
import { OfferEngine } from "../../../src/services/offer-engine/core/engine.ts";
import type { EngineInput } from "../../../src/services/offer-engine/core/inputs.ts";
import type { RecoveredRecords } from "../../../src/services/offer-engine/core/recovered-records.ts";
import type { ClusterConfig } from "../../../src/services/offer-engine/ports.ts";
import { masterInfoOf } from "../../../src/services/offer-engine/serve/master-info.ts";
import { SeededRandom } from "../seeded-random.ts";
import { makeClusterConfig } from "./cluster-config.ts";

const TICK_MS = 250;
const UUID = Buffer.from("0123456789abcdef").toString("base64");

/** The engine alone in virtual time: inputs in, events out, records durable at once unless told otherwise. */
export class EngineScenario {
  readonly engine: OfferEngine;
  readonly allocator = new Allocator({ ...allocatorDefaults, seed: 1 });
  /** All events a framework stream was sent, by stream. */
  readonly #events = new Map<string, SchedulerEvent[]>();
  readonly #offers = new Map<string, Offer[]>();
  readonly #agentEvents = new Map<string, AgentEvent[]>();
  readonly closed = new Set<string>();
  readonly writes: RecordWrite[] = [];
  /** Pods that were told to leave, by uid. */
  readonly evicted: string[] = [];
  /** Hears what operators are answered. */
  onOperatorAnswer: (answer: OperatorAnswer) => void = () => undefined;
  /** While true, `persist` effects wait. */
  holdsWrites = false;
  readonly #held: EngineInput[] = [];
  readonly #masterEvents: MasterEvent[] = [];
  readonly #beating = new Map<string, number>();
  #nowMs = 1_000_000;
  #links = 0;

  constructor(
    options: {
      readonly config?: Partial<ClusterConfig>;
      readonly records?: RecoveredRecords;
      readonly term?: number;
      readonly podsFrameworkId?: FrameworkId;
    } = {},
  ) {
    this.engine = new OfferEngine({
      masterId: "m",
      term: options.term ?? 1,
      masterInfo: masterInfoOf("m", { hostname: "h", ip: "10.0.0.1", port: 5050 }, "1.11.0"),
      allocator: this.allocator,
      random: new SeededRandom(1),
      config: makeClusterConfig(options.config),
      nowMs: this.#nowMs,
      ...(options.records === undefined ? {} : { records: options.records }),
      ...(options.podsFrameworkId === undefined
        ? {}
        : { podsFrameworkId: options.podsFrameworkId }),
    });
  }

  get nowMs(): number {
    return this.#nowMs;
  }

  put(input: EngineInput): void {
    for (const effect of this.engine.advance(input, this.#nowMs)) this.#perform(effect);
  }

  /** Time passes; agents that beat do so, the allocator runs when it asks to. */
  pass(ms: number): void {
    const endMs = this.#nowMs + ms;
    while (this.#nowMs < endMs) {
      const dueMs = this.engine.allocationDueMs() ?? Infinity;
      const nextTickMs = Math.floor(this.#nowMs / TICK_MS) * TICK_MS + TICK_MS;
      if (dueMs <= this.#nowMs + 5 && dueMs < nextTickMs) {
        this.#nowMs = Math.max(this.#nowMs + 1, dueMs);
        this.put({ kind: "allocationDue" });
        continue;
      }
      this.#nowMs = Math.min(nextTickMs, endMs);
      for (const linkId of this.#beating.keys())
        this.agentCall(linkId, { type: "BEAT", sent_at: 0 });
      this.put({ kind: "ticked", lagMs: 0 });
    }
  }

  /** What operators who watch were told since the last time. */
  takeMasterEvents(): MasterEvent[] {
    return this.#masterEvents.splice(0);
  }

  releaseWrites(): void {
    this.holdsWrites = false;
    for (const input of this.#held.splice(0)) this.put(input);
  }

  // ---- frameworks ----

  /** SUBSCRIBE; gives the id. */
  framework(streamId: string, info: Partial<SchedulerCall["subscribe"]> & object = {}): string {
    const { framework_info: given, ...rest } = info;
    this.put({
      kind: "frameworkSubscribed",
      streamId,
      call: {
        framework_info: {
          user: "nobody",
          name: "fw",
          roles: ["*"],
          capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
          ...given,
        },
        ...rest,
      },
    });
    this.pass(10);
    const first = this.events(streamId).find(({ subscribed }) => subscribed !== undefined);
    return first?.subscribed?.framework_id.value ?? "";
  }

  call(frameworkId: string, call: SchedulerCall): void {
    this.put({ kind: "frameworkCalled", frameworkId: asId(frameworkId), call });
  }

  events(streamId: string): SchedulerEvent[] {
    return this.#events.get(streamId) ?? [];
  }

  /** Statuses as the framework was told, in order. */
  updates(streamId: string): TaskStatus[] {
    return this.events(streamId).flatMap(({ update }) =>
      update === undefined ? [] : [update.status],
    );
  }

  offers(streamId: string): Offer[] {
    return this.#offers.get(streamId) ?? [];
  }

  lastOffer(streamId: string): Offer {
    const offer = this.offers(streamId).at(-1);
    if (offer === undefined) throw new Error(`${streamId} has no offer`);
    return offer;
  }

  /** Accepts the last offer with one task. */
  launch(streamId: string, frameworkId: string, taskId: string, resources = "cpus:1;mem:64"): void {
    const offer = this.lastOffer(streamId);
    this.call(frameworkId, {
      type: "ACCEPT",
      accept: {
        offer_ids: [{ value: offer.id }],
        operations: [
          {
            type: "LAUNCH",
            launch: {
              task_infos: [
                {
                  name: taskId,
                  task_id: { value: taskId },
                  agent_id: { value: offer.agent.id },
                  command: { value: "true" },
                  resources: writeResources(resourcesOf(resources), { refined: true }),
                },
              ],
            },
          },
        ],
        filters: { refuse_seconds: 0 },
      },
    });
  }

  // ---- agents ----

  /** SUBSCRIBE of an agent that then beats every 250 ms; gives the link. */
  agent(
    hostname: string,
    overrides: Partial<Record<keyof SubscribeCall, unknown>> & { readonly resources?: string } = {},
  ): string {
    const linkId = `link-${++this.#links}`;
    const { resources, ...rest } = overrides;
    const call = subscribeCall.parse({
      type: "SUBSCRIBE",
      agent_info: {
        hostname,
        resources: writeResources(resourcesOf(resources ?? "cpus:4;mem:1024"), { refined: true }),
      },
      version: "1.11.0",
      capabilities: ["MULTI_ROLE", "HIERARCHICAL_ROLE", "RESERVATION_REFINEMENT"],
      launcher: "process",
      ...rest,
    });
    this.#beating.set(linkId, 0);
    this.put({ kind: "agentSubscribed", linkId, call, address: "10.0.0.9" });
    this.pass(10);
    return linkId;
  }

  /** The agent says nothing any more; its socket stays. */
  silence(linkId: string): void {
    this.#beating.delete(linkId);
  }

  agentEvents(linkId: string): AgentEvent[] {
    return this.#agentEvents.get(linkId) ?? [];
  }

  /** How often all agents together were told that. */
  agentsTold(type: AgentEvent["type"]): number {
    return [...this.#agentEvents.values()].flat().filter((event) => event.type === type).length;
  }

  agentIdOf(linkId: string): AgentId {
    const event = this.agentEvents(linkId).find(({ type }) => type === "SUBSCRIBED");
    return asId(event?.type === "SUBSCRIBED" ? event.agent_id : "");
  }

  agentCall(linkId: string, call: DistributiveOmit<AgentCall, "seq">): void {
    const seq = (this.#beating.get(linkId) ?? 0) + 1;
    if (this.#beating.has(linkId)) this.#beating.set(linkId, seq);
    this.put({ kind: "agentCalled", linkId, calls: [{ ...call, seq }] });
  }

  update(
    linkId: string,
    frameworkId: string,
    taskId: string,
    state: TaskState,
    latest: TaskState = state,
  ): void {
    this.agentCall(linkId, {
      type: "STATUS_UPDATE",
      framework_id: frameworkId,
      status: { task_id: { value: taskId }, state, uuid: UUID },
      latest_state: latest,
    });
  }

  acknowledge(frameworkId: string, linkId: string, taskId: string): void {
    this.call(frameworkId, {
      type: "ACKNOWLEDGE",
      acknowledge: {
        agent_id: { value: this.agentIdOf(linkId) },
        task_id: { value: taskId },
        uuid: UUID,
      },
    });
  }

  /** A task as an agent reports it when it subscribes. */
  reported(frameworkId: string, agentId: string, taskId: string, state: TaskState): unknown {
    return {
      framework_id: frameworkId,
      executor_id: taskId,
      task: {
        name: taskId,
        task_id: { value: taskId },
        agent_id: { value: agentId },
        resources: writeResources(resourcesOf("cpus:1;mem:64"), {
          refined: true,
          allocatedTo: "*",
        }),
      },
      latest_state: state,
      launch_id: `launch-${taskId}`,
    };
  }

  #perform(effect: EngineEffect): void {
    switch (effect.kind) {
      case "frameworkEvent":
        append(this.#events, effect.streamId, effect.event);
        return;
      case "offers":
        for (const offer of effect.offers) append(this.#offers, effect.streamId, offer);
        append(this.#events, effect.streamId, { type: "OFFERS" });
        return;
      case "masterEvent":
        this.#masterEvents.push(effect.event);
        return;
      case "closeFrameworkStream":
        this.closed.add(effect.streamId);
        return;
      case "agentEvent":
        append(this.#agentEvents, effect.linkId, effect.event);
        return;
      case "closeAgentLink":
        this.closed.add(effect.linkId);
        this.#beating.delete(effect.linkId);
        return;
      case "operatorAnswered":
        this.onOperatorAnswer(effect.answer);
        return;
      case "persist":
        this.writes.push(...effect.writes);
        if (effect.then === undefined) return;
        if (this.holdsWrites) this.#held.push(effect.then);
        else this.put(effect.then);
        return;
      case "evictPods":
        this.evicted.push(...effect.podUids);
        return;
      default:
        return;
    }
  }
}

type DistributiveOmit<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;

function append<T>(lists: Map<string, T[]>, key: string, item: T): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [item]);
  else list.push(item);
}
