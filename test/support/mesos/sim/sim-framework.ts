import type { InverseOffer, Offer, OfferOperation } from "../../../../src/api/mesos/offer.ts";
import type { OperationStatus } from "../../../../src/api/mesos/operation-status.ts";
import type { SchedulerEvent } from "../../../../src/api/mesos/scheduler-event.ts";
import type { TaskState, TaskStatus } from "../../../../src/api/mesos/task-status.ts";
import { isTerminalState } from "../../../../src/domain/mesos/task-state.ts";
import type { Random } from "../../../../src/runtime/ports/random.ts";
import type { VirtualClock } from "../../virtual-clock.ts";
import { AskedToLeave } from "./asked-to-leave.ts";
import type { SimNetwork, SimStream } from "./network.ts";
import { reservedIn, SimReserver, withoutAllocation } from "./sim-reserver.ts";

/** A task as its framework sees it. */
export interface KnownTask {
  readonly agentId: string;
  readonly states: TaskState[];
  /** The master answered 202 to its ACCEPT, or the framework does not know whether it did. */
  isCertain: boolean;
}

export interface SimFrameworkOptions {
  readonly name: string;
  readonly role: string;
  readonly tasksMax: number;
  readonly network: SimNetwork;
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly note: (line: string) => void;
  readonly violation: (what: string) => void;
  /** It reserves now and then. */
  readonly reserves?: boolean;
  readonly onOffer: (offer: Offer) => void;
}

/** A framework as real ones are: reconnects with its id, reconciles after each SUBSCRIBE, acknowledges what asks for it. */
export class SimFramework {
  readonly #options: SimFrameworkOptions;
  readonly #reserver: SimReserver | undefined;
  readonly tasks = new Map<string, KnownTask>();
  frameworkId: string | undefined;
  /** Offers it may still use. */
  readonly offers = new Map<string, Offer>();
  readonly #askedToLeave: AskedToLeave;
  #stream: SimStream | undefined;
  #generation = 0;
  #launched = 0;
  #queue: Promise<void> = Promise.resolve();
  isLaunching = true;

  constructor(options: SimFrameworkOptions) {
    this.#options = options;
    this.#reserver =
      options.reserves === true
        ? new SimReserver(options.name, options.role, options.random)
        : undefined;
    this.#askedToLeave = new AskedToLeave((what) =>
      options.violation(`${options.name} is ${what}`),
    );
  }

  start(): void {
    this.#connect();
    this.#reconcilePeriodically();
  }

  /** Tasks it believes to be running or starting. */
  open(): string[] {
    return [...this.tasks].filter(([, { states }]) => !isOver(states)).map(([id]) => id);
  }

  #connect(): void {
    const generation = ++this.#generation;
    this.#subscribe(generation).catch(() => this.#retry(generation));
  }

  #retry(generation: number): void {
    if (generation !== this.#generation) return;
    this.#stream = undefined;
    this.#generation += 1;
    this.offers.clear();
    this.#askedToLeave.forget();
    const { clock, random } = this.#options;
    clock.after(100 + Math.floor(random.next() * 900), () => this.#connect());
  }

  async #subscribe(generation: number): Promise<void> {
    const { network, name, role } = this.#options;
    const id = this.frameworkId === undefined ? {} : { id: { value: this.frameworkId } };
    const answer = await network.open(
      "/api/v1/scheduler",
      { accept: "application/json" },
      {
        type: "SUBSCRIBE",
        ...(this.frameworkId === undefined ? {} : { framework_id: { value: this.frameworkId } }),
        subscribe: {
          framework_info: {
            user: "nobody",
            name,
            roles: [role],
            failover_timeout: 3600,
            capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
            ...id,
          },
        },
      },
      {
        onRecord: (record) => {
          if (generation === this.#generation) this.#hear(JSON.parse(record) as SchedulerEvent);
        },
        onEnd: () => this.#retry(generation),
      },
    );
    if (generation !== this.#generation) {
      if ("cut" in answer) answer.cut();
      return;
    }
    if ("cut" in answer) this.#stream = answer;
    else this.#retry(generation);
  }

  #hear(event: SchedulerEvent): void {
    const { name, note } = this.#options;
    switch (event.type) {
      case "SUBSCRIBED": {
        const id = event.subscribed?.framework_id.value ?? "";
        if (this.frameworkId !== undefined && this.frameworkId !== id) {
          this.#options.violation(`${name} lost its id ${this.frameworkId}`);
        }
        this.frameworkId = id;
        note(`${name} subscribed`);
        this.#reconcile();
        return;
      }
      case "OFFERS":
        for (const offer of event.offers?.offers ?? []) this.#consider(offer);
        return;
      case "RESCIND":
        this.offers.delete(event.rescind?.offer_id.value ?? "");
        return;
      case "INVERSE_OFFERS":
        for (const asked of event.inverse_offers?.inverse_offers ?? []) this.#answer(asked);
        return;
      case "RESCIND_INVERSE_OFFER":
        this.#askedToLeave.closed(event.rescind_inverse_offer?.inverse_offer_id.value ?? "");
        return;
      case "UPDATE":
        if (event.update !== undefined) this.#learn(event.update.status);
        return;
      case "UPDATE_OPERATION_STATUS":
        this.#learnOperation(event.update_operation_status?.status);
        return;
      case "ERROR":
        note(`${name} is told: ${event.error?.message ?? ""}`);
        return;
      default:
        return;
    }
  }

  /** Yes, no, or no answer at all. */
  #answer(asked: InverseOffer): void {
    this.#askedToLeave.asked(asked);
    const chance = this.#options.random.next();
    if (chance < 0.3) return;
    this.#askedToLeave.closed(asked.id.value);
    const answer = {
      inverse_offer_ids: [asked.id],
      filters: { refuse_seconds: chance < 0.5 ? 0 : 2 },
    };
    this.#call(
      chance < 0.65
        ? { type: "ACCEPT_INVERSE_OFFERS", accept_inverse_offers: answer }
        : { type: "DECLINE_INVERSE_OFFERS", decline_inverse_offers: answer },
    );
  }

  #consider(offer: Offer): void {
    this.#options.onOffer(offer);
    const { random, tasksMax } = this.#options;
    const operations = this.#reserver?.operations(offer, !this.isLaunching) ?? [];
    if (operations.length > 0) {
      this.#accept(offer, operations);
      return;
    }
    const chance = random.next();
    if (!this.isLaunching || this.#launched >= tasksMax || chance < 0.6) {
      const refuse_seconds = chance < 0.1 ? 0 : 2;
      this.#call({
        type: "DECLINE",
        decline: { offer_ids: [offer.id], filters: { refuse_seconds } },
      });
      return;
    }
    if (chance < 0.65) {
      // Kept unanswered: the master takes it back.
      this.offers.set(offer.id.value, offer);
      return;
    }
    this.#launch(offer);
  }

  #accept(offer: Offer, operations: readonly OfferOperation[]): void {
    const types = operations.map(({ type }) => type).join(" ");
    this.#options.note(`${this.#options.name} accepts ${offer.id.value.slice(-6)} with ${types}`);
    this.#call({
      type: "ACCEPT",
      accept: { offer_ids: [offer.id], operations, filters: { refuse_seconds: 0 } },
    });
  }

  #launch(offer: Offer): void {
    const { name, random, note } = this.#options;
    const [reserved] = reservedIn(offer).filter((it) => (it.scalar?.value ?? 0) >= 0.5);
    const isReserved = reserved !== undefined && random.next() < 0.5;
    const source = isReserved
      ? reserved
      : offer.resources?.find((it) => it.name === "cpus" && it.reservation === undefined);
    const cpus = source?.scalar?.value ?? 0;
    const count = Math.min(1 + Math.floor(random.next() * 3), Math.floor(cpus / 0.5));
    if (count === 0) {
      this.#call({ type: "DECLINE", decline: { offer_ids: [offer.id] } });
      return;
    }
    const tasks = Array.from({ length: count }, () => {
      const id = `${name}-t${this.#launched++}`;
      this.tasks.set(id, { agentId: offer.agent_id.value, states: [], isCertain: false });
      return {
        name: id,
        task_id: { value: id },
        agent_id: offer.agent_id,
        command: { value: "true" },
        resources: [
          {
            ...(isReserved ? withoutAllocation(reserved) : { name: "cpus", type: "SCALAR" }),
            scalar: { value: 0.5 },
          },
          { name: "mem", type: "SCALAR", scalar: { value: 64 } },
        ],
      };
    });
    note(`${name} accepts ${offer.id.value.slice(-6)} with ${count}`);
    this.#call(
      {
        type: "ACCEPT",
        accept: {
          offer_ids: [offer.id],
          operations: [{ type: "LAUNCH", launch: { task_infos: tasks } }],
          filters: { refuse_seconds: 0 },
        },
      },
      () => {
        for (const { task_id } of tasks) {
          const known = this.tasks.get(task_id.value);
          if (known !== undefined) known.isCertain = true;
        }
      },
    );
  }

  #learn(status: TaskStatus): void {
    const { name, note, violation } = this.#options;
    const id = status.task_id.value;
    const task = this.tasks.get(id);
    if (task === undefined) {
      violation(`${name} is told of a task it never launched: ${id}`);
      return;
    }
    const last = task.states.at(-1);
    if (status.reason !== "REASON_RECONCILIATION" || status.state !== last) {
      note(`${name} hears ${id} ${status.state}`);
      const wasFinal = last !== undefined && isFinal(last);
      if (wasFinal && status.state !== last && isFinal(status.state)) {
        violation(`${id} ended twice: ${last}, then ${status.state}`);
      }
      if (!(wasFinal && !isFinal(status.state))) task.states.push(status.state);
    }
    if (status.uuid === undefined) return;
    this.#call({
      type: "ACKNOWLEDGE",
      acknowledge: { agent_id: status.agent_id, task_id: status.task_id, uuid: status.uuid },
    });
  }

  #learnOperation(status: OperationStatus | undefined): void {
    const { agent_id, operation_id, uuid, state } = status ?? {};
    this.#options.note(`${this.#options.name} hears ${operation_id?.value ?? ""} ${state ?? ""}`);
    if (uuid === undefined) return;
    this.#call({
      type: "ACKNOWLEDGE_OPERATION_STATUS",
      acknowledge_operation_status: { agent_id, operation_id, uuid: uuid.value },
    });
  }

  #reconcilePeriodically(): void {
    this.#options.clock.after(5000, () => {
      this.#reconcile();
      if (this.#options.random.next() < 0.3) this.#killOne();
      this.#reconcilePeriodically();
    });
  }

  #reconcile(): void {
    const tasks = this.open().map((id) => ({
      task_id: { value: id },
      agent_id: { value: this.tasks.get(id)?.agentId ?? "" },
    }));
    if (tasks.length > 0) this.#call({ type: "RECONCILE", reconcile: { tasks } });
  }

  #killOne(): void {
    const [id] = this.open();
    if (id !== undefined) this.#call({ type: "KILL", kill: { task_id: { value: id } } });
  }

  /** Calls go out one after the other; a lost one is not repeated, as with real clients. */
  #call(call: Record<string, unknown>, accepted: () => void = () => undefined): void {
    const stream = this.#stream;
    const generation = this.#generation;
    this.#queue = this.#queue.then(async () => {
      const open = stream ?? this.#stream;
      if (open === undefined || generation !== this.#generation) return;
      try {
        const reply = await this.#options.network.post(
          "/api/v1/scheduler",
          { "mesos-stream-id": open.streamId },
          { framework_id: { value: this.frameworkId ?? "" }, ...call },
        );
        if (reply.status === 202) accepted();
      } catch {
        // Lost before or after it took effect: reconciliation finds out.
      }
    });
  }
}

/** LOST-like states may be followed by the truth when an agent returns; the others may not. */
function isFinal(state: TaskState): boolean {
  return ["TASK_FINISHED", "TASK_FAILED", "TASK_KILLED", "TASK_ERROR"].includes(state);
}

function isOver(states: readonly TaskState[]): boolean {
  const last = states.at(-1);
  return last !== undefined && (isTerminalState(last) || last === "TASK_UNKNOWN");
}
