import type { AgentEventOf } from "../../../src/api/agent-link/events.ts";
import type { OfferOperation } from "../../../src/api/mesos/offer.ts";
import type { OperationState, OperationStatus } from "../../../src/api/mesos/operation-status.ts";
import type { Agent } from "../../../src/domain/mesos/master-state.ts";
import { addResources } from "../../../src/domain/resources/arithmetic.ts";
import { formatResources } from "../../../src/domain/resources/format-resources.ts";
import type { Resources } from "../../../src/domain/resources/resource.ts";
import type { OperatorAnswer } from "../../../src/services/offer-engine/core/effects.ts";
import type { RecoveredRecords } from "../../../src/services/offer-engine/core/recovered-records.ts";
import { EngineScenario } from "./engine-scenario.ts";
import { wire } from "./operations.ts";

export const FEEDBACK = [
  "MULTI_ROLE",
  "HIERARCHICAL_ROLE",
  "RESERVATION_REFINEMENT",
  "RESIZE_VOLUME",
];

export interface OperatingOptions {
  /** The agent tells what becomes of operations; default true. */
  readonly feedback?: boolean;
  /** Reservations and volumes the agent says it has; null = it has no disk to remember any. */
  readonly checkpointed?: string | null;
  readonly resources?: string;
  readonly agentInfo?: unknown;
  readonly records?: RecoveredRecords;
  readonly term?: number;
  readonly role?: string;
  readonly frameworkId?: string;
  readonly agentId?: string;
  /** No agent subscribes by itself. */
  readonly isAgentAway?: boolean;
}

const STATUS_UUID = Buffer.from("status----------").toString("base64");

/** An engine with one agent and one framework of role `web` that operates on what it is offered. */
export class OperatingScenario {
  readonly engine: EngineScenario;
  readonly frameworkId: string;
  link: string;
  readonly #options: OperatingOptions;

  constructor(options: OperatingOptions = {}) {
    this.#options = options;
    this.engine = new EngineScenario({
      config: { offerTimeoutMs: 0 },
      ...(options.records === undefined ? {} : { records: options.records }),
      ...(options.term === undefined ? {} : { term: options.term }),
    });
    this.link = options.isAgentAway === true ? "" : this.subscribeAgent(options.agentId);
    const { frameworkId, role = "web" } = options;
    this.frameworkId = this.engine.framework("s", {
      framework_info: {
        user: "u",
        name: "fw",
        roles: [role],
        failover_timeout: 3600,
        ...(frameworkId === undefined ? {} : { id: { value: frameworkId } }),
        capabilities: [
          { type: "MULTI_ROLE" },
          { type: "PARTITION_AWARE" },
          { type: "RESERVATION_REFINEMENT" },
          { type: "SHARED_RESOURCES" },
        ],
      },
    });
  }

  /** The agent, new or back; `told` overrides what it says. */
  subscribeAgent(agentId?: string, told: Readonly<Record<string, unknown>> = {}): string {
    const { feedback = true, checkpointed = "", resources, agentInfo } = this.#options;
    return this.engine.agent("a", {
      resources: resources ?? "cpus:4;mem:1000;disk:100;ports:[31000-31009]",
      capabilities: feedback ? [...FEEDBACK, "AGENT_OPERATION_FEEDBACK"] : FEEDBACK,
      makes_volumes: true,
      ...(checkpointed === null ? {} : { checkpointed_resources: wire(checkpointed) }),
      ...(agentInfo === undefined ? {} : { agent_info: agentInfo }),
      ...(agentId === undefined ? {} : { agent_id: agentId }),
      ...told,
    });
  }

  get agentId(): string {
    return this.engine.agentIdOf(this.link);
  }

  get agent(): Agent {
    const agent = [...this.engine.engine.state.agents.values()][0];
    if (agent === undefined) throw new Error("no agent is registered");
    return agent;
  }

  /** ACCEPT of the last offer. */
  accept(operations: readonly OfferOperation[], refuseSeconds = 0): void {
    this.engine.call(this.frameworkId, {
      type: "ACCEPT",
      accept: {
        offer_ids: [{ value: this.engine.lastOffer("s").id }],
        operations,
        filters: { refuse_seconds: refuseSeconds },
      },
    });
  }

  operator(operation: OfferOperation, principal?: string): OperatorAnswer {
    const answers: OperatorAnswer[] = [];
    this.engine.onOperatorAnswer = (answer) => answers.push(answer);
    this.engine.put({
      kind: "agentOperated",
      requestId: "r",
      agentId: this.agent.id,
      operation,
      principal,
    });
    const [answer] = answers;
    if (answer === undefined) throw new Error("the operator was not answered");
    return answer;
  }

  /** Operations the agent was told of, in order. */
  applied(): AgentEventOf<"APPLY_OPERATION">[] {
    return this.engine.agentEvents(this.link).filter((event) => event.type === "APPLY_OPERATION");
  }

  acknowledged(): AgentEventOf<"ACKNOWLEDGE_OPERATION">[] {
    return this.engine
      .agentEvents(this.link)
      .filter((event) => event.type === "ACKNOWLEDGE_OPERATION");
  }

  /** What the framework was told of operations. */
  told(): OperationStatus[] {
    return this.engine
      .events("s")
      .flatMap(({ update_operation_status: update }) =>
        update === undefined ? [] : [update.status],
      );
  }

  /** The agent answers for the last operation it was told of. */
  answer(state: OperationState, parts: Partial<OperationStatus> = {}): void {
    const last = this.applied().at(-1);
    this.engine.agentCall(this.link, {
      type: "OPERATION_STATUS",
      ...(last?.framework_id === undefined ? {} : { framework_id: last.framework_id }),
      operation_uuid: last?.operation_uuid ?? "none",
      status: { state, uuid: { value: STATUS_UUID }, ...parts },
    });
  }

  acknowledge(operationId: string): void {
    this.engine.call(this.frameworkId, {
      type: "ACKNOWLEDGE_OPERATION_STATUS",
      acknowledge_operation_status: {
        agent_id: { value: this.agentId },
        operation_id: { value: operationId },
        uuid: STATUS_UUID,
      },
    });
  }

  /** What the framework is offered together, after a while. */
  offered(): string {
    this.engine.pass(2000);
    const offered = [...this.engine.engine.state.offers.values()].reduce<Resources>(
      (sum, { resources }) => addResources(sum, resources),
      [],
    );
    return sorted(formatResources(offered));
  }

  reconcile(operationId: string, agentId: string | undefined = this.agentId): OperationStatus {
    this.engine.call(this.frameworkId, {
      type: "RECONCILE_OPERATIONS",
      reconcile_operations: {
        operations: [
          {
            operation_id: { value: operationId },
            ...(agentId === "" ? {} : { agent_id: { value: agentId } }),
          },
        ],
      },
    });
    const answer = this.told().at(-1);
    if (answer === undefined) throw new Error("no answer");
    return answer;
  }
}

/** Items in order, to compare texts. */
export function sorted(text: string): string {
  return text.split(";").sort().join(";");
}
