import type { TaskInfo } from "../../../src/api/mesos/task.ts";
import type { PatternOptions } from "../../../src/domain/frameworks/patterns/pattern-options.ts";
import { type PatternName, PATTERNS } from "../../../src/domain/frameworks/patterns/patterns.ts";
import { holdsResources } from "../../../src/domain/mesos/task-state.ts";
import { scalarMilli } from "../../../src/domain/resources/arithmetic.ts";
import type { Term } from "../../../src/runtime/leader/term.ts";
import { runPattern } from "../../../src/services/frameworks/run-pattern.ts";
import { MASTER_DEFAULTS } from "../mesos/master-defaults.ts";
import { MasterService } from "../../../src/services/offer-engine/master-service.ts";
import { FixedConfigSource, makeClusterConfig } from "../mesos/cluster-config.ts";
import { MemoryRegistry } from "../mesos/memory-registry.ts";
import { type NetworkFaults, SimNetwork } from "../mesos/sim/network.ts";
import { SimAgent } from "../mesos/sim/sim-agent.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { SeededRandom } from "../seeded-random.ts";
import { VirtualClock } from "../virtual-clock.ts";
import { SimSchedulerApi } from "./sim-scheduler-api.ts";

export interface SharedPoolOptions {
  readonly seed: number;
  readonly agents: number;
  /** Text notation, of each agent. */
  readonly resources: string;
  readonly weights: Readonly<Record<string, number>>;
  readonly lifeMsOf: (task: TaskInfo) => number;
}

const QUIET: NetworkFaults = { requestLoss: 0, answerLoss: 0, delayMaxMs: 5 };

interface Running {
  readonly stop: AbortController;
  readonly end: Promise<unknown>;
}

/** The offer engine, agents and pattern frameworks on one pool, in virtual time; masters come and go as a test says. */
export class SharedPool {
  readonly clock: VirtualClock;
  readonly violations: string[] = [];
  readonly log: string[] = [];
  readonly agents: readonly SimAgent[];
  readonly #options: SharedPoolOptions;
  readonly #random: SeededRandom;
  readonly #network: SimNetwork;
  readonly #registry = new MemoryRegistry();
  readonly #frameworks = new Map<string, Running>();
  #master: { service: MasterService; stop: AbortController; isCurrent: boolean } | undefined;
  #terms = 0;

  constructor(options: SharedPoolOptions) {
    this.#options = options;
    this.#random = new SeededRandom(options.seed);
    this.clock = new VirtualClock({ random: new SeededRandom(options.seed + 1) });
    this.#network = new SimNetwork(this.clock, this.#random, QUIET);
    this.agents = Array.from(
      { length: options.agents },
      (_none, n) =>
        new SimAgent({
          network: this.#network,
          clock: this.clock,
          random: this.#random,
          hostname: `agent-${n}`,
          resources: options.resources,
          taskMaxMs: 0,
          lifeMsOf: options.lifeMsOf,
          note: (line) => this.log.push(`${this.clock.monotonicMs()} ${line}`),
          violation: (what) => this.violations.push(what),
        }),
    );
  }

  start(): void {
    this.lead();
    for (const agent of this.agents) agent.start();
  }

  /** From now on; nothing given: none. */
  disturb(faults: Partial<NetworkFaults> = {}): void {
    this.#network.faults = { ...QUIET, ...faults };
  }

  /** A new leader begins; the one before it is gone at once. */
  lead(): void {
    const number = ++this.#terms;
    const before = this.#master;
    if (before !== undefined) {
      before.isCurrent = false;
      before.stop.abort();
      this.#network.cutAll();
    }
    const roles = Object.entries(this.#options.weights).map(([name, weight]) => ({ name, weight }));
    const service = new MasterService({
      ...MASTER_DEFAULTS,
      clock: this.clock,
      random: this.#random,
      logger: new RecordingLogger(),
      registry: this.#registry,
      configSource: new FixedConfigSource(makeClusterConfig({ roles })),
      advertised: { hostname: "master", ip: "10.0.0.1", port: 5050 },
      allocation: { seed: this.#options.seed },
    });
    const stop = new AbortController();
    const master = { service, stop, isCurrent: true };
    const term: Term = { number, isCurrent: () => master.isCurrent, signal: stop.signal };
    service.run(term, stop.signal).catch((error: unknown) => {
      if (master.isCurrent) this.violations.push(`the leader failed: ${String(error)}`);
    });
    this.#master = master;
    this.#network.server = service;
  }

  /** Runs a pattern in the role of its name; `frameworkId` continues one that was stopped. */
  run(name: PatternName, options: Partial<PatternOptions> = {}, frameworkId?: string): void {
    const stop = new AbortController();
    const spec = PATTERNS[name]({ name, role: name, executors: "task", binDir: "", ...options });
    const end = runPattern(
      {
        spec,
        user: "nobody",
        failoverTimeoutSeconds: 3600,
        api: new SimSchedulerApi(this.#network),
        clock: this.clock,
        random: this.#random,
        logger: new RecordingLogger(),
        say: (line) => this.log.push(`${this.clock.monotonicMs()} ${name}: ${line}`),
        ...(frameworkId === undefined ? {} : { frameworkId }),
      },
      stop.signal,
    );
    end.catch((error: unknown) => this.violations.push(`${name} failed: ${String(error)}`));
    this.#frameworks.set(name, { stop, end });
  }

  /** The process of the pattern ends without a word; gives the id of its framework. */
  async halt(name: PatternName): Promise<string> {
    const id = this.frameworkId(name);
    const running = this.#frameworks.get(name);
    running?.stop.abort();
    await running?.end;
    return id;
  }

  frameworkId(name: PatternName): string {
    return this.#framework(name)?.id ?? "";
  }

  /** Ids of tasks that hold resources. */
  tasksOf(name: PatternName): string[] {
    return [...(this.#framework(name)?.tasks.values() ?? [])]
      .filter(({ state }) => holdsResources(state))
      .map(({ id }) => id);
  }

  /** Part of the pool's cpus that the tasks of the pattern hold. */
  shareOf(name: PatternName): number {
    const held = [...(this.#framework(name)?.tasks.values() ?? [])]
      .filter(({ state }) => holdsResources(state))
      .reduce((sum, { resources }) => sum + scalarMilli(resources, "cpus"), 0);
    const total = this.agents.reduce((sum, agent) => sum + scalarMilli(agent.total, "cpus"), 0);
    return held / total;
  }

  async stop(): Promise<void> {
    for (const { stop } of this.#frameworks.values()) stop.abort();
    this.#master?.stop.abort();
    this.#network.cutAll();
    await this.clock.advance(1000);
  }

  #framework(name: PatternName) {
    const leadership = this.#master?.service.leadership();
    if (leadership?.kind !== "leading") return undefined;
    const { frameworks } = leadership.host.engine.state;
    return [...frameworks.values()].find(({ info }) => info.name === name);
  }
}
