import { setTimeout as delay } from "node:timers/promises";
import type { TaskStatus } from "../../../src/api/mesos/task-status.ts";
import { until } from "../../cluster/host/until.ts";
import { Latencies } from "../run/latencies.ts";
import { arrivalTimes, sendOnSchedule } from "../run/open-loop.ts";
import { ProcessFigures } from "../run/process-figures.ts";
import type {
  GeneratorMessage,
  LatencyName,
  TrafficCounts,
  TrafficOrder,
  TrafficReport,
} from "./order.ts";
import { SimAgent } from "./sim-agent.ts";
import { SimFramework, type HeldOffer } from "./sim-framework.ts";
import { Calls } from "./wire.ts";

const CONNECTIONS = 50;
const SUBSCRIBES_IN_FLIGHT = 32;
const VISITOR = "visitor-";
const VISIT_MS = 2_000;
const CPUS_PER_TASK = 0.1;
const MEM_MIB_PER_TASK = 16;
/** Between two turns of the upkeep. */
const TURN_MS = 5;
/** Everybody is offered something within this time of subscribing. */
const FIRST_OFFERS_MAX_MS = 120_000;
/** Tasks that are over and still in the list. */
const FINISHES_KEPT = 10_000;
/** What is under way when the schedule is over gets this long. */
const DRAIN_MS = 30_000;

interface Finish {
  readonly dueMs: number;
  readonly agent: SimAgent;
  readonly frameworkId: string;
  readonly taskId: string;
}

/** Frameworks and agents of one process that launch, update and register as the order says. */
export class Traffic {
  readonly #order: TrafficOrder;
  readonly #calls: Calls;
  readonly #agents: SimAgent[] = [];
  readonly #frameworks: SimFramework[] = [];
  readonly #visitors: { agent: SimAgent; leavesMs: number }[] = [];
  readonly #latencies: Record<LatencyName, Latencies> = {
    offer: new Latencies(),
    ack: new Latencies(),
    dispatch: new Latencies(),
    forwarding: new Latencies(),
  };
  readonly #sendLate = new Latencies();
  readonly #counts: TrafficCounts = {
    accepts: 0,
    starved: 0,
    tasksAccepted: 0,
    tasksDispatched: 0,
    running: 0,
    finished: 0,
    otherUpdates: 0,
    acknowledged: 0,
    declines: 0,
    registrations: 0,
    refused: 0,
  };
  /** When what an agent has was meant to come back: until it is offered. */
  readonly #freed = new Map<string, number>();
  /** When the ACCEPT of a task was meant to go out: until its agent has it. */
  readonly #launched = new Map<string, number>();
  /** When an update was meant to go out, by uuid: until its framework has it. */
  readonly #updated = new Map<string, number>();
  /** In the order in which they are due, since all run equally long. */
  readonly #finishes: Finish[] = [];
  #nextFinish = 0;
  #nextUuid = 1n;
  #isEnding = false;
  #upkeeping: Promise<void> = Promise.resolve();

  constructor(order: TrafficOrder) {
    this.#order = order;
    this.#calls = new Calls(order.port, CONNECTIONS);
  }

  /** Everybody subscribes, agents first. */
  async begin(): Promise<void> {
    const { agents, frameworks, port } = this.#order;
    const waiting = Array.from({ length: agents }, (_, index) => this.#makeAgent(`host-${index}`));
    this.#agents.push(...waiting);
    // Who is subscribed has to beat while the others come.
    this.#upkeeping = this.#upkeep();
    const lane = async (): Promise<void> => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        await next.subscribe();
      }
    };
    await Promise.all(Array.from({ length: SUBSCRIBES_IN_FLIGHT }, lane));
    for (let index = 0; index < frameworks; index += 1) {
      const framework = new SimFramework(this.#calls, {
        onOffer: (offer) => this.#offered(offer),
        onUpdate: (status) => this.#told(status),
      });
      this.#frameworks.push(framework);
      await framework.subscribe(index, port);
    }
    const offered = (): number =>
      this.#frameworks.reduce((sum, { offers }) => sum + offers.size, 0);
    await until("every agent is offered", () => offered() >= agents, {
      timeoutMs: FIRST_OFFERS_MAX_MS,
    });
  }

  async run(tell: (message: GeneratorMessage) => void): Promise<TrafficReport> {
    const { warmUpMs, durationMs } = this.#order;
    await this.#send(this.#order.seed, warmUpMs);
    for (const latencies of Object.values(this.#latencies)) latencies.reset();
    this.#sendLate.reset();
    tell({ kind: "measuring" });
    const watch = new ProcessFigures();
    await this.#send(this.#order.seed + 1, durationMs);
    const figures = watch.end();
    tell({ kind: "measured" });
    // Latencies of what is under way count; the CPU of waiting for it does not.
    await this.#drain();
    this.#isEnding = true;
    await this.#upkeeping;
    return {
      latencies: {
        offer: this.#latencyOf("offer"),
        ack: this.#latencyOf("ack"),
        dispatch: this.#latencyOf("dispatch"),
        forwarding: this.#latencyOf("forwarding"),
      },
      counts: this.#counts,
      figures,
      sendLateP99Ms: this.#sendLate.spread().p99,
    };
  }

  async #send(seed: number, durationMs: number): Promise<void> {
    const { tasksPerAccept, launchesPerSecond, declinesPerSecond } = this.#order;
    const registrationsPerSecond = this.#order.registrationsPerMinute / 60;
    const on = (
      stream: number,
      perSecond: number,
      send: (intendedMs: number, index: number) => void,
    ): Promise<void> => {
      const times = perSecond === 0 ? [] : arrivalTimes(seed * 8 + stream, perSecond, durationMs);
      return sendOnSchedule(times, (intendedMs, index) => {
        this.#sendLate.note(performance.now() - intendedMs);
        send(intendedMs, index);
      });
    };
    await Promise.all([
      on(1, launchesPerSecond / tasksPerAccept, (at, index) => this.#accept(at, index)),
      on(2, declinesPerSecond, (at, index) => this.#decline(at, index)),
      on(3, registrationsPerSecond, (at) => void this.#register(at)),
      delay(durationMs),
    ]);
  }

  #accept(intendedMs: number, index: number): void {
    const { tasksPerAccept } = this.#order;
    const found = this.#findOffer(index, ({ cpus, memMiB }) => {
      return cpus >= tasksPerAccept * CPUS_PER_TASK && memMiB >= tasksPerAccept * MEM_MIB_PER_TASK;
    });
    this.#counts.accepts += 1;
    if (found === undefined) {
      this.#counts.starved += 1;
      return;
    }
    const { framework, offer } = found;
    const taskIds = Array.from({ length: tasksPerAccept }, () => {
      this.#counts.tasksAccepted += 1;
      return `t${this.#counts.tasksAccepted}`;
    });
    for (const taskId of taskIds) this.#launched.set(taskId, intendedMs);
    // An offer that is used up frees nothing: its agent is offered again when the tasks are over.
    if (offer.cpus > (tasksPerAccept + 1) * CPUS_PER_TASK) {
      this.#freed.set(offer.agentId, intendedMs);
    }
    this.#expect(202, framework.accept(offer, taskIds), () => {
      this.#latencies.ack.note(performance.now() - intendedMs);
    });
  }

  #decline(intendedMs: number, index: number): void {
    const found = this.#findOffer(index, () => true);
    if (found === undefined) return;
    this.#counts.declines += 1;
    this.#freed.set(found.offer.agentId, intendedMs);
    this.#expect(202, found.framework.decline(found.offer));
  }

  async #register(intendedMs: number): Promise<void> {
    this.#counts.registrations += 1;
    const agent = this.#makeAgent(`${VISITOR}${this.#counts.registrations}`);
    this.#freed.set(agent.hostname, intendedMs);
    await agent.subscribe();
    this.#visitors.push({ agent, leavesMs: performance.now() + VISIT_MS });
  }

  /** An offer that is not a visitor's, of the framework whose turn it is or of the next that has one. */
  #findOffer(
    turn: number,
    isEnough: (offer: HeldOffer) => boolean,
  ): { framework: SimFramework; offer: HeldOffer } | undefined {
    for (let step = 0; step < this.#frameworks.length; step += 1) {
      const framework = this.#frameworks[(turn + step) % this.#frameworks.length];
      if (framework === undefined) continue;
      for (const offer of framework.offers.values()) {
        if (!offer.hostname.startsWith(VISITOR) && isEnough(offer)) return { framework, offer };
      }
    }
    return undefined;
  }

  #offered({ agentId, hostname }: HeldOffer): void {
    for (const key of [agentId, hostname]) {
      const freedMs = this.#freed.get(key);
      if (freedMs === undefined) continue;
      this.#latencies.offer.note(performance.now() - freedMs);
      this.#freed.delete(key);
    }
  }

  #makeAgent(hostname: string): SimAgent {
    return new SimAgent(hostname, this.#order.port, this.#calls, {
      onLaunch: (agent, frameworkId, taskId) => this.#run(agent, frameworkId, taskId),
      onAcknowledged: () => (this.#counts.acknowledged += 1),
    });
  }

  #run(agent: SimAgent, frameworkId: string, taskId: string): void {
    const nowMs = performance.now();
    const launchedMs = this.#launched.get(taskId);
    if (launchedMs !== undefined) this.#latencies.dispatch.note(nowMs - launchedMs);
    this.#launched.delete(taskId);
    this.#counts.tasksDispatched += 1;
    this.#update(agent, frameworkId, taskId, "TASK_RUNNING", nowMs);
    const dueMs = nowMs + this.#order.lifetimeMs;
    this.#finishes.push({ dueMs, agent, frameworkId, taskId });
  }

  #update(
    agent: SimAgent,
    frameworkId: string,
    taskId: string,
    state: string,
    intendedMs: number,
  ): void {
    const bytes = Buffer.alloc(16);
    bytes.writeBigUInt64BE(this.#nextUuid, 8);
    this.#nextUuid += 1n;
    const uuid = bytes.toString("base64");
    this.#updated.set(uuid, intendedMs);
    agent.update(frameworkId, taskId, state, uuid);
  }

  #told({ state, uuid = "" }: TaskStatus): void {
    const updatedMs = this.#updated.get(uuid);
    if (updatedMs !== undefined) {
      this.#latencies.forwarding.note(performance.now() - updatedMs);
      this.#updated.delete(uuid);
    }
    if (state === "TASK_RUNNING") this.#counts.running += 1;
    else if (state === "TASK_FINISHED") this.#counts.finished += 1;
    else this.#counts.otherUpdates += 1;
  }

  /** Tasks end, agents beat, visitors leave. */
  async #upkeep(): Promise<void> {
    for (let next = 0; !this.#isEnding;) {
      const nowMs = performance.now();
      for (; ; this.#nextFinish += 1) {
        const finish = this.#finishes[this.#nextFinish];
        if (finish === undefined || finish.dueMs > nowMs) break;
        const { agent, frameworkId, taskId, dueMs } = finish;
        this.#update(agent, frameworkId, taskId, "TASK_FINISHED", dueMs);
      }
      if (this.#nextFinish > FINISHES_KEPT) {
        this.#finishes.splice(0, this.#nextFinish);
        this.#nextFinish = 0;
      }
      // A share of the agents per turn: all of them about every half second.
      const share = Math.ceil(this.#agents.length / (500 / TURN_MS));
      for (let i = 0; i < share; i += 1, next += 1) {
        this.#agents[next % this.#agents.length]?.beat(nowMs);
      }
      for (const visitor of this.#visitors) visitor.agent.beat(nowMs);
      while ((this.#visitors[0]?.leavesMs ?? Infinity) <= nowMs) {
        this.#visitors.shift()?.agent.goodbye();
      }
      await delay(TURN_MS);
    }
  }

  /** Until every launch is over and every update acknowledged. */
  async #drain(): Promise<void> {
    const counts = this.#counts;
    const isOver = (): boolean =>
      counts.finished + counts.otherUpdates >= counts.tasksAccepted &&
      counts.acknowledged >= counts.running + counts.finished;
    await until("all launches are over and acknowledged", isOver, {
      timeoutMs: this.#order.lifetimeMs + DRAIN_MS,
      describeWorld: () => Promise.resolve(JSON.stringify(counts)),
    });
  }

  #expect(status: number, answer: Promise<number>, onAnswer: () => void = () => undefined): void {
    answer.then(
      (got) => {
        if (got === status) onAnswer();
        else this.#counts.refused += 1;
      },
      () => (this.#counts.refused += 1),
    );
  }

  #latencyOf(name: LatencyName): { spread: ReturnType<Latencies["spread"]>; count: number } {
    return { spread: this.#latencies[name].spread(), count: this.#latencies[name].count };
  }
}
