import type { Offer } from "../../../../src/api/mesos/offer.ts";
import { equalResources, scalarMilli } from "../../../../src/domain/resources/arithmetic.ts";
import { formatResources } from "../../../../src/domain/resources/format-resources.ts";
import type { Term } from "../../../../src/runtime/leader/term.ts";
import { MASTER_DEFAULTS } from "../master-defaults.ts";
import { MasterService } from "../../../../src/services/offer-engine/master-service.ts";
import { RegistryConfig } from "../../../../src/services/offer-engine/serve/registry-config.ts";
import { RecordingLogger } from "../../recording-logger.ts";
import { SeededRandom } from "../../seeded-random.ts";
import { VirtualClock } from "../../virtual-clock.ts";
import { makeClusterConfig } from "../cluster-config.ts";
import { MemoryRegistry } from "../memory-registry.ts";
import { type NetworkFaults, SimNetwork } from "./network.ts";
import { SimAgent } from "./sim-agent.ts";
import { SimFramework } from "./sim-framework.ts";
import { SimMaintenance } from "./sim-maintenance.ts";
import { SimOperator } from "./sim-operator.ts";
import { TakenOut } from "./taken-out.ts";

export interface WorldOptions {
  readonly seed: number;
  readonly agents?: number;
  readonly frameworks?: number;
  readonly faults?: Partial<NetworkFaults>;
  /** How long faults last, in virtual ms. */
  readonly faultyMs?: number;
  /** Mean time between cuts of all streams; 0 = none. */
  readonly cutEveryMs?: number;
  /** Mean time between changes of leader; 0 = none. */
  readonly failoverEveryMs?: number;
  /** Mean time between silent network partitions of one agent, each 40 s long; 0 = none. */
  readonly isolateEveryMs?: number;
  /** Mean time between orders of an operator to drain, deactivate or reactivate one agent; 0 = none. */
  readonly orderEveryMs?: number;
  /** Frameworks reserve and unreserve; half of the agents have a disk to remember it. */
  readonly reserves?: boolean;
  /** Mean time between plans of maintenance, machines brought down, and machines brought up; 0 = none. */
  readonly maintainEveryMs?: number;
  /** Part of the changes in which the old leader goes on for a while. */
  readonly zombieShare?: number;
}

export interface WorldResult {
  readonly log: readonly string[];
  readonly violations: readonly string[];
  readonly tasksLaunched: number;
  readonly tasksStarted: number;
}

interface SimMaster {
  readonly service: MasterService;
  readonly stop: AbortController;
  isCurrent: boolean;
}

const NO_FAULTS: NetworkFaults = { requestLoss: 0, answerLoss: 0, delayMaxMs: 5 };

/** The whole offer engine among fake agents and frameworks in virtual time: first faults, then heal and settle. */
export async function runWorld(options: WorldOptions): Promise<WorldResult> {
  const world = new World(options);
  return world.run();
}

class World {
  readonly #options: WorldOptions;
  readonly #random: SeededRandom;
  readonly #clock: VirtualClock;
  readonly #network: SimNetwork;
  readonly #registry = new MemoryRegistry();
  readonly #takenOut: TakenOut;
  readonly #operator: SimOperator;
  readonly #maintenance: SimMaintenance;
  /** Machines that are down, by hostname. */
  readonly #down: TakenOut;
  #config: RegistryConfig | undefined;
  readonly #agents: SimAgent[];
  readonly #frameworks: SimFramework[];
  readonly #log: string[] = [];
  readonly #violations: string[] = [];
  /** Most cpus offered at once, by hostname. */
  readonly #largestOffer = new Map<string, number>();
  #master: SimMaster | undefined;
  #terms = 0;
  #isFaulty = true;
  /** Nothing runs and nothing is planned any more. */
  #isAllFree = false;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    this.#clock = new VirtualClock({ random: new SeededRandom(options.seed + 1) });
    this.#network = new SimNetwork(this.#clock, this.#random, {
      ...NO_FAULTS,
      ...options.faults,
    });
    const common = {
      network: this.#network,
      clock: this.#clock,
      random: this.#random,
      note: (line: string) => this.#note(line),
      violation: (what: string) => {
        this.#note(`VIOLATION ${what}`);
        this.#violations.push(what);
      },
    };
    this.#takenOut = new TakenOut(this.#clock, common.violation);
    this.#operator = new SimOperator({ ...common, takenOut: this.#takenOut });
    this.#agents = Array.from(
      { length: options.agents ?? 4 },
      (_, n) =>
        new SimAgent({
          ...common,
          hostname: `agent-${n}`,
          resources: "cpus:4;mem:2048;disk:1000;ports:[31000-31100]",
          taskMaxMs: 8000,
          ...(options.reserves === true
            ? { reservations: n % 2 === 0 ? ("onDisk" as const) : ("atMaster" as const) }
            : {}),
        }),
    );
    this.#down = new TakenOut(this.#clock, common.violation);
    this.#maintenance = new SimMaintenance({
      ...common,
      down: this.#down,
      hostnames: this.#agents.map(({ hostname }) => hostname),
    });
    this.#frameworks = Array.from(
      { length: options.frameworks ?? 3 },
      (_, n) =>
        new SimFramework({
          ...common,
          name: `fw-${n}`,
          role: `role-${n % 2}`,
          tasksMax: 40,
          reserves: options.reserves === true,
          onOffer: (offer) => this.#offered(offer),
        }),
    );
  }

  async run(): Promise<WorldResult> {
    this.#config = await RegistryConfig.open(this.#registry, makeClusterConfig());
    this.#lead();
    for (const agent of this.#agents) agent.start();
    for (const framework of this.#frameworks) framework.start();
    this.#scheduleFaults();
    await this.#clock.advance(this.#options.faultyMs ?? 30_000);
    await this.#heal();
    this.#checkSettled();
    await this.#checkAllFree();
    this.#master?.stop.abort();
    this.#network.cutAll();
    await this.#clock.settle();
    return {
      log: this.#log,
      violations: this.#violations,
      tasksLaunched: this.#frameworks.reduce((sum, { tasks }) => sum + tasks.size, 0),
      tasksStarted: this.#agents.reduce((sum, { startedTasks }) => sum + startedTasks, 0),
    };
  }

  #note(line: string): void {
    this.#log.push(`${this.#clock.monotonicMs()} ${line}`);
  }

  #lead(): void {
    const config = this.#config;
    if (config === undefined) throw new Error("the world has not begun");
    const number = ++this.#terms;
    const service = new MasterService({
      ...MASTER_DEFAULTS,
      clock: this.#clock,
      random: this.#random,
      logger: new RecordingLogger(),
      registry: this.#registry,
      configSource: config,
      configWriter: (term) => config.writerOf(term),
      advertised: { hostname: "master", ip: "10.0.0.1", port: 5050 },
      allocation: { seed: this.#options.seed },
    });
    const stop = new AbortController();
    const master: SimMaster = { service, stop, isCurrent: true };
    const term: Term = { number, isCurrent: () => master.isCurrent, signal: stop.signal };
    this.#note(`term ${number} begins`);
    service.run(term, stop.signal).catch((error: unknown) => {
      if (master.isCurrent) this.#violations.push(`the leader failed: ${String(error)}`);
    });
    this.#master = master;
    this.#network.server = service;
  }

  #failover(): void {
    const old = this.#master;
    this.#network.server = undefined;
    this.#note("the leader is lost");
    const isZombie = this.#random.next() < (this.#options.zombieShare ?? 0);
    if (old !== undefined) {
      old.isCurrent = false;
      // A zombie goes on for a while with the streams it has; its writes are fenced, its events refused.
      this.#clock.after(isZombie ? 3000 : 0, () => old.stop.abort());
    }
    this.#clock.after(500 + Math.floor(this.#random.next() * 3000), () => this.#lead());
  }

  #scheduleFaults(): void {
    const every = (meanMs: number, act: () => void): void => {
      if (meanMs === 0) return;
      this.#clock.after(Math.floor(meanMs * (0.5 + this.#random.next())), () => {
        if (!this.#isFaulty) return;
        act();
        every(meanMs, act);
      });
    };
    every(this.#options.cutEveryMs ?? 0, () => {
      this.#note("all streams are cut");
      this.#network.cutAll();
    });
    every(this.#options.isolateEveryMs ?? 0, () => {
      const agent = this.#anyAgent();
      this.#note(`${agent?.agentId ?? "an agent"} is cut off`);
      agent?.isolate(40_000);
    });
    every(this.#options.orderEveryMs ?? 0, () => {
      const agentId = this.#anyAgent()?.agentId;
      if (agentId !== undefined) this.#operator.orderSomething(agentId);
    });
    every(this.#options.maintainEveryMs ?? 0, () => this.#maintenance.doSomething());
    every(this.#options.failoverEveryMs ?? 0, () => this.#failover());
  }

  #anyAgent(): SimAgent | undefined {
    return this.#agents[Math.floor(this.#random.next() * this.#agents.length)];
  }

  /** No more faults, no more launches: everything must come to rest. */
  async #heal(): Promise<void> {
    this.#note("heal");
    this.#isFaulty = false;
    this.#network.faults = NO_FAULTS;
    for (const framework of this.#frameworks) framework.isLaunching = false;
    if (this.#options.orderEveryMs !== undefined) {
      for (const { agentId } of this.#agents) {
        if (agentId !== undefined) void this.#operator.insistOn(agentId);
      }
    }
    if (this.#options.maintainEveryMs !== undefined) void this.#maintenance.insistOnNothing();
    await this.#clock.advance(60_000);
  }

  #checkSettled(): void {
    for (const framework of this.#frameworks) {
      for (const id of framework.open()) {
        this.#violations.push(
          `${id} is still ${framework.tasks.get(id)?.states.join(",") ?? ""} for its framework`,
        );
      }
    }
    for (const agent of this.#agents) {
      for (const key of agent.liveTasks()) this.#violations.push(`${key} still runs`);
      for (const key of agent.unacknowledged()) {
        this.#violations.push(`${key} has an update nobody acknowledged`);
      }
    }
    const leadership = this.#master?.service.leadership();
    if (leadership?.kind !== "leading") {
      this.#violations.push("nobody leads");
      return;
    }
    const { state } = leadership.host.engine;
    for (const { hostname, operations } of this.#agents) {
      const known = [...state.agents.values()].find((it) => it.hostname === hostname);
      if (operations === undefined || known === undefined) continue;
      if (known.operations.size + operations.book.operations.size > 0) {
        this.#violations.push(`${hostname} has an operation nobody acknowledged`);
      }
      const [there, here] = [operations.book.checkpointed, known.checkpointed];
      if (!equalResources(there, here)) {
        const told = `${formatResources(there)}, the master ${formatResources(here)}`;
        this.#violations.push(`${hostname} has ${told}`);
      }
    }
    if (state.inverseOffers.size > 0) {
      this.#violations.push(`${state.inverseOffers.size} inverse offers are left`);
    }
    for (const framework of state.frameworks.values()) {
      for (const id of framework.tasks.keys()) this.#violations.push(`the master still has ${id}`);
    }
    if (state.agents.size !== this.#agents.length) {
      this.#violations.push(`${state.agents.size} agents are registered`);
    }
  }

  /** With no task left every agent must soon be offered whole: its resources came back, all of them. */
  async #checkAllFree(): Promise<void> {
    this.#largestOffer.clear();
    this.#isAllFree = true;
    await this.#clock.advance(10_000);
    for (const { hostname, total } of this.#agents) {
      const offered = this.#largestOffer.get(hostname) ?? 0;
      if (offered === scalarMilli(total, "cpus") / 1000) continue;
      this.#violations.push(`${hostname} is never offered whole, at most with ${offered} cpus`);
    }
  }

  #offered(offer: Offer): void {
    if (offer.unavailability !== undefined && this.#isAllFree) {
      this.#violations.push(`${offer.hostname} is offered with a window that is gone`);
    }
    this.#takenOut.offered(offer.agent_id.value);
    this.#down.offered(offer.hostname);
    const cpus = (offer.resources ?? [])
      .filter(({ name }) => name === "cpus")
      .reduce((sum, { scalar }) => sum + (scalar?.value ?? 0), 0);
    const largest = this.#largestOffer.get(offer.hostname) ?? 0;
    this.#largestOffer.set(offer.hostname, Math.max(largest, cpus));
  }
}
