import type { SchedulerEvent } from "../../../src/api/mesos/scheduler-event.ts";
import type { Offer } from "../../../src/api/mesos/offer.ts";
import { exchange, type HttpExchange, RecordStream } from "./record-stream.ts";

const JSON_HEADERS = { "Content-Type": "application/json", Accept: "application/json" };

/** A framework over real HTTP in JSON. */
export class SchedulerClient {
  readonly stream: RecordStream;
  readonly #port: number;
  readonly #headers: Readonly<Record<string, string>>;

  private constructor(
    port: number,
    stream: RecordStream,
    headers: Readonly<Record<string, string>>,
  ) {
    this.#port = port;
    this.stream = stream;
    this.#headers = headers;
  }

  /** @param headers go with every request, e.g. credentials. */
  static async subscribe(
    port: number,
    info: Readonly<Record<string, unknown>> = {},
    subscribe: Readonly<Record<string, unknown>> = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<SchedulerClient> {
    const framework = {
      user: "nobody",
      name: "test",
      roles: ["*"],
      capabilities: [{ type: "MULTI_ROLE" }, { type: "PARTITION_AWARE" }],
      ...info,
    };
    const body = {
      type: "SUBSCRIBE",
      ...("id" in framework ? { framework_id: framework.id } : {}),
      subscribe: { framework_info: framework, ...subscribe },
    };
    const stream = await RecordStream.open(
      port,
      "/api/v1/scheduler",
      { ...JSON_HEADERS, ...headers },
      JSON.stringify(body),
    );
    return new SchedulerClient(port, stream, headers);
  }

  get streamId(): string {
    return String(this.stream.headers["mesos-stream-id"]);
  }

  events(): SchedulerEvent[] {
    return this.stream.events();
  }

  async frameworkId(): Promise<string> {
    const event = await this.event((it) => it.subscribed !== undefined);
    return event.subscribed?.framework_id.value ?? "";
  }

  /** The first event (so far or to come) that matches. */
  event(matches: (event: SchedulerEvent) => boolean, what = "such event"): Promise<SchedulerEvent> {
    return this.stream.until(() => this.events().find(matches), what);
  }

  async offer(matches: (offer: Offer) => boolean = () => true): Promise<Offer> {
    return this.stream.until(
      () =>
        this.events()
          .flatMap((event) => event.offers?.offers ?? [])
          .find(matches),
      "offer",
    );
  }

  async call(
    call: Readonly<Record<string, unknown>>,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<HttpExchange> {
    return exchange(this.#port, "/api/v1/scheduler", {
      headers: {
        "Content-Type": "application/json",
        "Mesos-Stream-Id": this.streamId,
        ...this.#headers,
        ...headers,
      },
      body: JSON.stringify({ framework_id: { value: await this.frameworkId() }, ...call }),
    });
  }

  close(): void {
    this.stream.close();
  }
}
