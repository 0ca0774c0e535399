import type { MasterState } from "../../../src/domain/mesos/master-state.ts";
import type { OfferEngine } from "../../../src/services/offer-engine/core/engine.ts";
import { basic } from "../http-request.ts";
import { LinkAgent, type LinkAgentOptions } from "./link-agent.ts";
import { exchange, type HttpExchange, RecordStream } from "./record-stream.ts";
import { SchedulerClient } from "./scheduler-client.ts";
import type { TestMaster } from "./test-master.ts";

const JSON_HEADERS = { "Content-Type": "application/json" };

/** The master of a test and who speaks with it; all of it ends with the test. */
export class MasterInUse<M extends TestMaster = TestMaster> {
  readonly #open: { close(): void }[] = [];
  #master: M | undefined;

  static async of<M extends TestMaster>(starting: Promise<M>): Promise<MasterInUse<M>> {
    const used = new MasterInUse<M>();
    await used.begin(starting);
    return used;
  }

  get master(): M {
    if (this.#master === undefined) throw new Error("no master was started");
    return this.#master;
  }

  get port(): number {
    return this.master.port;
  }

  get engine(): OfferEngine {
    const leadership = this.master.service.leadership();
    if (leadership.kind !== "leading") throw new Error("nobody leads");
    return leadership.host.engine;
  }

  /** What the master knows, for states that take long to come about by themselves. */
  get state(): MasterState {
    return this.engine.state;
  }

  async begin(starting: Promise<M>): Promise<void> {
    this.#master = await starting;
  }

  async end(): Promise<void> {
    for (const one of this.#open.splice(0)) one.close();
    await this.#master?.stop();
    this.#master = undefined;
  }

  /** Is closed before the master stops. */
  keep<T extends { close(): void }>(one: T): T {
    this.#open.push(one);
    return one;
  }

  async framework(
    ...options: DropFirst<Parameters<typeof SchedulerClient.subscribe>>
  ): Promise<SchedulerClient> {
    return this.keep(await SchedulerClient.subscribe(this.port, ...options));
  }

  async agent(options: LinkAgentOptions = {}): Promise<LinkAgent> {
    return this.keep(await LinkAgent.subscribe(this.port, options));
  }

  /** The events that an operator subscribes to. */
  async watch(headers: Readonly<Record<string, string>> = {}): Promise<RecordStream> {
    const body = JSON.stringify({ type: "SUBSCRIBE" });
    const all = { ...JSON_HEADERS, ...headers };
    return this.keep(await RecordStream.open(this.port, "/api/v1", all, body));
  }

  /** A call of the operator API; `who` = principal with the usual secret. */
  call(body: object, who?: string): Promise<HttpExchange> {
    return exchange(this.port, "/api/v1", {
      headers: { ...JSON_HEADERS, ...(who === undefined ? {} : basic(who)) },
      body: JSON.stringify(body),
    });
  }

  /** What the operator API answers to a call without arguments: the part that has its name. */
  async read(type: string): Promise<unknown> {
    const answer = JSON.parse((await this.call({ type })).body) as Record<string, unknown>;
    return answer[type.toLowerCase()];
  }

  get(path: string, who?: string): Promise<HttpExchange> {
    const headers = who === undefined ? {} : basic(who);
    return exchange(this.port, path, { method: "GET", headers });
  }

  async metric(name: string): Promise<number | undefined> {
    const { body } = await this.get("/metrics/snapshot");
    return (JSON.parse(body) as Record<string, number>)[name];
  }
}

type DropFirst<T extends readonly unknown[]> = T extends [unknown, ...infer Rest] ? Rest : never;

/** A master for each test of a suite; without `start` each test begins its own. */
export function useMaster<M extends TestMaster = TestMaster>(
  start?: () => Promise<M>,
): MasterInUse<M> {
  const used = new MasterInUse<M>();
  if (start !== undefined) beforeEach(() => used.begin(start()));
  afterEach(() => used.end());
  return used;
}
