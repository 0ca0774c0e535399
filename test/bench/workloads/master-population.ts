import type { MemoryRegistry } from "../../support/mesos/memory-registry.ts";
import { CountingSink, nextTurn, SocketlessMaster } from "../adapters/socketless-master.ts";
import { GateError } from "../bench.ts";
import { Stopwatch } from "../run/measure.ts";
import {
  agentSubscribe,
  frameworkInfo,
  frameworkSubscribe,
  reportedTask,
} from "./mesos-traffic.ts";

export interface Population {
  readonly agents: number;
  /** In all, spread evenly over agents; each agent's belong to all frameworks in turn. */
  readonly tasks: number;
  readonly frameworks: number;
}

/** Who registered, by the ids that the master gave. */
export interface Identities {
  readonly frameworkIds: readonly string[];
  readonly agentIds: readonly string[];
}

const SCHEDULER = "/api/v1/scheduler";
const AGENT = "/api/v1/agent";
/** Agents between two looks at the event loop: about one read of a socket each. */
const SLICE = 10;

export function populationName({ agents, tasks, frameworks }: Population): string {
  return `${agents} agents, ${tasks} tasks, ${frameworks} frameworks`;
}

/** Everybody comes for the first time, with nothing running. */
export async function introduce(
  master: SocketlessMaster,
  { agents, frameworks }: Population,
): Promise<Identities> {
  const frameworkSinks = Array.from({ length: frameworks }, (_, index) => {
    const sink = new CountingSink();
    master.post(SCHEDULER, bytesOf(frameworkSubscribe(index)), { sink });
    return sink;
  });
  const agentSinks: CountingSink[] = [];
  for (let index = 0; index < agents; index += 1) {
    const sink = new CountingSink();
    master.post(AGENT, bytesOf(agentSubscribe(`host-${index}`)), { sink });
    agentSinks.push(sink);
    if (index % SLICE === 0) await nextTurn();
  }
  while (agentSinks.at(-1)?.records?.length === 0) await nextTurn();
  return {
    frameworkIds: frameworkSinks.map((sink) => {
      const { subscribed } = first(sink) as {
        subscribed: { framework_id: { value: string } };
      };
      return subscribed.framework_id.value;
    }),
    agentIds: agentSinks.map((sink) => (first(sink) as { agent_id: string }).agent_id),
  };
}

/** Requests of everybody who returns to a new leader; made before anything is timed. */
export interface Return {
  readonly frameworks: readonly Uint8Array[];
  readonly agents: readonly Uint8Array[];
}

export function makeReturn(population: Population, { frameworkIds, agentIds }: Identities): Return {
  const tasksPerAgent = population.tasks / population.agents;
  const infos = frameworkIds.map((id, index) => frameworkInfo(index, id));
  return {
    frameworks: frameworkIds.map((id, index) => bytesOf(frameworkSubscribe(index, id))),
    agents: agentIds.map((agentId, index) => {
      const tasks = Array.from({ length: tasksPerAgent }, (_, k) => {
        const frameworkId = frameworkIds[(index + k) % frameworkIds.length] ?? "";
        return reportedTask(frameworkId, agentId, `task-${index}-${k}`);
      });
      const known = new Set(tasks.map((_, k) => infos[(index + k) % infos.length]));
      const more = { agent_id: agentId, tasks, frameworks: [...known] };
      return bytesOf(agentSubscribe(`host-${index}`, more));
    }),
  };
}

/** Frameworks first, then agents; each agent is a section of the watch. Gives the bytes that went to frameworks. */
export async function comeBack(
  master: SocketlessMaster,
  { frameworks, agents }: Return,
  watch: Stopwatch,
): Promise<number> {
  const sinks = frameworks.map((body) => {
    const sink = new CountingSink();
    sink.records = undefined;
    master.post(SCHEDULER, body, { sink });
    return sink;
  });
  for (const [index, body] of agents.entries()) {
    const sink = new CountingSink();
    sink.records = undefined;
    watch.time(() => master.post(AGENT, body, { sink }));
    if (index % SLICE === 0) await nextTurn();
  }
  await nextTurn();
  return sinks.reduce((sum, { bytes }) => sum + bytes, 0);
}

/** @throws {GateError} unless everybody and every task is there, and charged where it runs. */
export function checkPopulation(master: SocketlessMaster, wanted: Population): void {
  const { state, allocation } = master.engine;
  const frameworks = [...state.frameworks.values()];
  const tasks = frameworks.flatMap((framework) => [...framework.tasks.values()]);
  const seen = {
    agents: state.agents.size,
    tasks: tasks.length,
    charged: tasks.filter(({ charged }) => charged).length,
    connected: frameworks.filter(({ connection }) => connection.kind === "connected").length,
  };
  const isWhole =
    seen.agents === wanted.agents &&
    seen.tasks === wanted.tasks &&
    seen.charged === wanted.tasks &&
    seen.connected === wanted.frameworks;
  if (!isWhole)
    throw new GateError(`back are ${JSON.stringify(seen)} of ${JSON.stringify(wanted)}`);
  for (const id of state.agents.keys()) {
    if (allocation.isOvercommitted(id)) throw new GateError(`${id} is overcommitted`);
  }
}

/** A master that knows everybody and runs everything, in its second term. */
export async function populateMaster(
  population: Population,
  registry: MemoryRegistry,
  seed: number,
): Promise<SocketlessMaster> {
  const first = new SocketlessMaster(registry, seed);
  await first.lead();
  const identities = await introduce(first, population);
  await first.stop();
  const second = new SocketlessMaster(registry, seed + 1);
  await second.lead();
  await comeBack(second, makeReturn(population, identities), new Stopwatch());
  checkPopulation(second, population);
  return second;
}

function first(sink: CountingSink): unknown {
  const [record] = sink.records ?? [];
  sink.records = undefined;
  return JSON.parse(record ?? "{}");
}

function bytesOf(body: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(body));
}
