import type { Offer } from "../../../src/api/mesos/offer.ts";
import type { SchedulerEvent } from "../../../src/api/mesos/scheduler-event.ts";
import type { TaskStatus } from "../../../src/api/mesos/task-status.ts";
import { frameworkSubscribe, taskInfo } from "../workloads/mesos-traffic.ts";
import { type Calls, type OpenStream, openStream } from "./wire.ts";

const PATH = "/api/v1/scheduler";
/** What comes back is offered again at once. */
const NO_FILTER = { refuse_seconds: 0 };

/** What of an offer a launch needs. */
export interface HeldOffer {
  readonly id: string;
  readonly agentId: string;
  readonly hostname: string;
  readonly cpus: number;
  readonly memMiB: number;
}

export interface FrameworkListener {
  onOffer(offer: HeldOffer): void;
  onUpdate(status: TaskStatus): void;
}

/** A framework that holds its offers until it is told to use or decline one, and acknowledges every update. */
export class SimFramework {
  readonly offers = new Map<string, HeldOffer>();
  readonly #calls: Calls;
  readonly #listener: FrameworkListener;
  #stream: OpenStream | undefined;
  #id = "";

  constructor(calls: Calls, listener: FrameworkListener) {
    this.#calls = calls;
    this.#listener = listener;
  }

  get id(): string {
    return this.#id;
  }

  async subscribe(index: number, port: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    const body = JSON.stringify(frameworkSubscribe(index));
    this.#stream = await openStream(port, PATH, body, (record) => {
      const event = JSON.parse(Buffer.from(record).toString("latin1")) as SchedulerEvent;
      if (event.subscribed !== undefined) {
        this.#id = event.subscribed.framework_id.value;
        resolve(undefined);
      }
      this.#hear(event);
    });
    await promise;
  }

  /** Launches `taskIds` on the agent of the offer; resolves with the status when it is answered. */
  accept(offer: HeldOffer, taskIds: readonly string[]): Promise<number> {
    this.offers.delete(offer.id);
    const task_infos = taskIds.map((taskId) => taskInfo(taskId, offer.agentId));
    return this.#post("accept", {
      type: "ACCEPT",
      accept: {
        offer_ids: [{ value: offer.id }],
        operations: [{ type: "LAUNCH", launch: { task_infos } }],
        filters: NO_FILTER,
      },
    });
  }

  decline(offer: HeldOffer): Promise<number> {
    this.offers.delete(offer.id);
    const decline = { offer_ids: [{ value: offer.id }], filters: NO_FILTER };
    return this.#post("decline", { type: "DECLINE", decline });
  }

  #hear(event: SchedulerEvent): void {
    for (const offer of event.offers?.offers ?? []) {
      const held = readOffer(offer);
      this.offers.set(held.id, held);
      this.#listener.onOffer(held);
    }
    if (event.rescind !== undefined) this.offers.delete(event.rescind.offer_id.value);
    const status = event.update?.status;
    if (status === undefined) return;
    this.#listener.onUpdate(status);
    if (status.uuid === undefined || status.agent_id === undefined) return;
    const acknowledge = { agent_id: status.agent_id, task_id: status.task_id, uuid: status.uuid };
    void this.#post(undefined, { type: "ACKNOWLEDGE", acknowledge });
  }

  #post(mark: string | undefined, call: object): Promise<number> {
    const body = JSON.stringify({ framework_id: { value: this.#id }, ...call });
    return this.#calls.post(PATH, this.#stream?.streamId ?? "", body, mark);
  }
}

function readOffer(offer: Offer): HeldOffer {
  const amount = (name: string): number =>
    offer.resources?.find((resource) => resource.name === name)?.scalar?.value ?? 0;
  return {
    id: offer.id.value,
    agentId: offer.agent_id.value,
    hostname: offer.hostname,
    cpus: amount("cpus"),
    memMiB: amount("mem"),
  };
}
