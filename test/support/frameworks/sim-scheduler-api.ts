import { OperatingError } from "../../../src/api/errors/operating-error.ts";
import { decodeJson } from "../../../src/api/mesos/json-decode.ts";
import { encodeJson } from "../../../src/api/mesos/json-encode.ts";
import { SchedulerCall } from "../../../src/api/mesos/scheduler-call.ts";
import { SchedulerEvent } from "../../../src/api/mesos/scheduler-event.ts";
import type { SchedulerApi, SchedulerSession } from "../../../src/services/frameworks/ports.ts";
import type { SimNetwork } from "../mesos/sim/network.ts";

const PATH = "/api/v1/scheduler";

/** The scheduler API over the simulated network. */
export class SimSchedulerApi implements SchedulerApi {
  readonly #network: SimNetwork;

  constructor(network: SimNetwork) {
    this.#network = network;
  }

  async subscribe(call: SchedulerCall, signal: AbortSignal): Promise<SchedulerSession> {
    const inbox: (SchedulerEvent | "end")[] = [];
    let wake = (): void => undefined;
    const push = (item: SchedulerEvent | "end"): void => {
      inbox.push(item);
      wake();
    };
    const answer = await this.#attempt(() =>
      this.#network.open(PATH, {}, bodyOf(call), {
        onRecord: (record) => {
          const decoded = decodeJson(SchedulerEvent, JSON.parse(record));
          if (decoded.ok) push(decoded.value);
        },
        onEnd: () => push("end"),
      }),
    );
    if (!("cut" in answer)) throw unavailable(`SUBSCRIBE: ${answer.status} ${answer.body}`);
    signal.addEventListener("abort", () => answer.cut(), { once: true });
    async function* events(): AsyncGenerator<SchedulerEvent> {
      for (;;) {
        while (inbox.length === 0) await new Promise<void>((resolve) => (wake = resolve));
        const item = inbox.shift();
        if (item === undefined || item === "end") return;
        yield item;
      }
    }
    const headers = { "mesos-stream-id": answer.streamId };
    const send = async (next: SchedulerCall): Promise<void> => {
      const reply = await this.#attempt(() => this.#network.post(PATH, headers, bodyOf(next)));
      if (reply.status !== 202) {
        throw unavailable(`${next.type ?? ""}: ${reply.status} ${reply.body}`);
      }
    };
    return { events: events(), send };
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw unavailable("the network lost it", cause);
    }
  }
}

function bodyOf(call: SchedulerCall): unknown {
  return JSON.parse(encodeJson(SchedulerCall, call)) as unknown;
}

function unavailable(message: string, cause?: unknown): OperatingError {
  return new OperatingError("MASTER_UNAVAILABLE", message, { cause });
}
