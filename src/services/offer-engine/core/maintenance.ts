import type { MaintenanceWindow } from "../../../domain/allocator/events.ts";
import { machineKey, type MachineName } from "../../../domain/mesos/maintenance/machine.ts";
import { type MachineMark, MachineTable } from "../../../domain/mesos/maintenance/machine-table.ts";
import { occurrencesAt } from "../../../domain/mesos/maintenance/planned-windows.ts";
import type { Agent } from "../../../domain/mesos/master-state.ts";
import { removeAgentForAWhile } from "./agent-loss.ts";
import { type EngineContext, linkOf, tellAllocator } from "./context.ts";
import type { RecordWrite } from "./effects.ts";
import { rescindInverseOffersOn } from "./inverse-offers.ts";
import { rescindOffersOfAgent } from "./offers.ts";
import { machineRecord } from "./records.ts";

/** The schedule of the configuration holds from now on; marks of windows that are over are forgotten. */
export function applySchedule(context: EngineContext): void {
  const { marks, config, nowMs } = context;
  const occurrences = occurrencesAt(config.recurringWindows, nowMs);
  const planned = [...config.maintenanceWindows, ...occurrences];
  context.planned = planned;
  context.occurrencesUntilMs = Math.min(
    ...occurrences.map(({ startMs, durationMs }) => startMs + durationMs),
  );
  const stale = [...marks].filter(([key, { mark }]) => mark.kind === "up" && !isPlanned(key, mark));
  for (const [key] of stale) marks.delete(key);
  if (stale.length > 0) {
    context.effects.push({
      kind: "persist",
      writes: stale.map(([key]) => ({ kind: "delete", record: "machine", key })),
    });
  }
  rebuild(context);

  function isPlanned(key: string, mark: MachineMark): boolean {
    return planned.some(
      ({ machines, startMs }) =>
        mark.kind === "up" &&
        startMs === mark.windowStartMs &&
        machines.some((machine) => machineKey(machine) === key),
    );
  }
}

/** When an occurrence of a recurring window is over, the next one is planned. */
export function reviewSchedule(context: EngineContext): void {
  if (context.nowMs >= context.occurrencesUntilMs) applySchedule(context);
}

/** START_MAINTENANCE: the record first, then nothing runs there. */
export function startMaintenance(context: EngineContext, machines: readonly MachineName[]): void {
  const writes = machines.map((machine) => machineRecord(machine, { kind: "down" }));
  context.effects.push({
    kind: "persist",
    writes,
    then: { kind: "machinesDownRecorded", machines },
  });
}

/** The records are durable: the agents there go, with all that they run, and are not let in again. */
export function bringDown(context: EngineContext, machines: readonly MachineName[]): void {
  for (const machine of machines) {
    context.marks.set(machineKey(machine), { machine, mark: { kind: "down" } });
  }
  rebuild(context);
  for (const agent of [...context.state.agents.values()]) {
    const on = context.state.machines.on(agent.hostname, agent.address);
    if (on?.mode === "DOWN") shutDown(context, agent);
  }
}

/**
 * Everything there ends, and the agent is out.
 *
 * Deviation: Mesos tells the agent to shut down and somebody starts it again. Ours would wait for a person then; so its
 * executors are ended one by one, and it goes on asking until its machine is UP.
 */
function shutDown(context: EngineContext, agent: Agent): void {
  const linkId = linkOf(agent);
  const { term } = context;
  if (linkId !== undefined) {
    for (const executor of executorsOn(context, agent)) {
      const event = { type: "SHUTDOWN_EXECUTOR" as const, term, ...executor };
      context.effects.push({ kind: "agentEvent", linkId, event });
    }
    const message = "Operator initiated 'Machine DOWN'";
    context.effects.push({
      kind: "agentEvent",
      linkId,
      event: { type: "ERROR", term, message },
    });
  }
  removeAgentForAWhile(context, agent, {
    state: "TASK_GONE",
    reason: "REASON_AGENT_REMOVED",
    message: `Agent ${agent.hostname} removed: its machine is DOWN for maintenance`,
  });
}

interface ExecutorName {
  readonly framework_id: string;
  readonly executor_id: string;
}

/** Of all frameworks, each once; the executor of a command task has the task's id. */
function executorsOn(context: EngineContext, agent: Agent): readonly ExecutorName[] {
  const executors = new Map<string, ExecutorName>();
  const add = (framework_id: string, executor_id: string): void =>
    void executors.set(`${framework_id} ${executor_id}`, { framework_id, executor_id });
  for (const { frameworkId, executorId, id } of agent.tasks) add(frameworkId, executorId ?? id);
  for (const framework of context.state.frameworks.values()) {
    for (const id of framework.executors.get(agent.id)?.keys() ?? []) add(framework.id, id);
  }
  return [...executors.values()];
}

/** STOP_MAINTENANCE: the machines are UP. Of a window that stays in the schedule it is noted that it is over for them. */
export function stopMaintenance(context: EngineContext, machines: readonly MachineName[]): void {
  const writes = machines.map((machine): RecordWrite => {
    const key = machineKey(machine);
    const window = context.state.machines.get(machine)?.window;
    return window === undefined
      ? { kind: "delete", record: "machine", key }
      : machineRecord(machine, { kind: "up", windowStartMs: window.startMs });
  });
  context.effects.push({ kind: "persist", writes, then: { kind: "machinesUpRecorded", machines } });
}

/** The records are durable: agents there are welcome. */
export function bringUp(context: EngineContext, machines: readonly MachineName[]): void {
  for (const machine of machines) {
    const key = machineKey(machine);
    const window = context.state.machines.get(machine)?.window;
    if (window === undefined) context.marks.delete(key);
    else {
      context.marks.set(key, { machine, mark: { kind: "up", windowStartMs: window.startMs } });
    }
  }
  rebuild(context);
}

function rebuild(context: EngineContext): void {
  context.state.machines = new MachineTable(context.planned, context.marks);
  for (const agent of context.state.agents.values()) tellUnavailability(context, agent);
}

/** The window of the agent's machine, if one is planned. */
export function windowOn(context: EngineContext, agent: Agent): MaintenanceWindow | undefined {
  const machine = context.state.machines.on(agent.hostname, agent.address);
  return machine?.mode === "DRAINING" ? machine.window : undefined;
}

/** Brings an agent and the allocator to what is planned for its machine: who has an offer or was asked hears it anew. */
export function tellUnavailability(context: EngineContext, agent: Agent): void {
  const window = windowOn(context, agent);
  const before = agent.unavailability;
  if (before?.startMs === window?.startMs && before?.durationMs === window?.durationMs) return;
  agent.unavailability = window;
  rescindInverseOffersOn(context, agent);
  rescindOffersOfAgent(context, agent);
  tellAllocator(context, {
    kind: "maintenanceSet",
    agentId: agent.id,
    ...(window === undefined ? {} : { window }),
  });
}
