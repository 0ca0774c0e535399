import { MemoryRegistry } from "../../support/mesos/memory-registry.ts";
import { CountingSink, nextTurn, SocketlessMaster } from "../adapters/socketless-master.ts";
import { GateError, type Bench, type Grid, type Measurement } from "../bench.ts";
import { Stopwatch } from "../run/measure.ts";
import {
  agentSubscribe,
  frameworkInfo,
  frameworkSubscribe,
  reportedTask,
} from "./mesos-traffic.ts";

const ROUNDS: Record<Grid, number> = { smoke: 6, standard: 60, full: 60 };
const WARM_UP_ROUNDS = 3;
const AGENTS = 50;
const TASKS = 10;

/** Updates from the body of an agent's request to the bytes on the framework's stream, without sockets. */
export const updates: Bench = {
  id: "H4",
  about: "updates: parse, apply, encode",
  async run({ grid, seed }) {
    const measurements: Measurement[] = [];
    for (const perBatch of [TASKS, 1]) {
      const rounds = ROUNDS[grid];
      const { watch, bytes } = await measureUpdates(perBatch, rounds, seed);
      measurements.push({
        id: "H4",
        point: `${perBatch} per batch`,
        adapter: "engine",
        column: "per update",
        rounds,
        ...watch.spread(AGENTS * TASKS),
        bytes,
        equalTo: "counts",
        bar: { goalMs: 0.005 },
        note: `request of ${Math.round(bytes)} B per update; without HTTP`,
      });
    }
    return measurements;
  },
};

interface TalkingAgent {
  readonly id: string;
  readonly streamId: string;
  seq: number;
}

async function measureUpdates(
  perBatch: number,
  rounds: number,
  seed: number,
): Promise<{ readonly watch: Stopwatch; readonly bytes: number }> {
  const master = new SocketlessMaster(new MemoryRegistry(), seed);
  await master.lead();
  const events = new CountingSink();
  master.post("/api/v1/scheduler", bytesOf(frameworkSubscribe(0)), { sink: events });
  const frameworkId = frameworkIdIn(events);
  const agents = Array.from({ length: AGENTS }, (_, index) =>
    subscribe(master, frameworkId, index),
  );
  while (master.engine.state.agents.size < AGENTS) await nextTurn();
  // What the agents brought with them has been told too.
  events.records = [];
  const watch = new Stopwatch();
  let bytes = 0;
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    if (round === 0) watch.reset();
    const batches = agents.flatMap((agent) => makeBatches(agent, frameworkId, perBatch));
    bytes = batches.reduce((sum, { body }) => sum + body.length, 0) / (AGENTS * TASKS);
    watch.time(() => {
      for (const { body, streamId } of batches) master.post("/api/v1/agent", body, { streamId });
    });
    checkTold(events);
    await nextTurn();
  }
  await master.stop();
  return { watch, bytes };
}

function subscribe(master: SocketlessMaster, frameworkId: string, index: number): TalkingAgent {
  const id = `agent-${index}`;
  const tasks = Array.from({ length: TASKS }, (_, k) =>
    reportedTask(frameworkId, id, `task-${index}-${k}`),
  );
  const more = { agent_id: id, tasks, frameworks: [frameworkInfo(0, frameworkId)] };
  const sink = new CountingSink();
  sink.records = undefined;
  const opened = master.post("/api/v1/agent", bytesOf(agentSubscribe(`host-${index}`, more)), {
    sink,
  });
  if (!("streamId" in opened)) throw new GateError(`H4: ${id} was refused`);
  return { id, streamId: opened.streamId, seq: 0 };
}

function makeBatches(
  agent: TalkingAgent,
  frameworkId: string,
  perBatch: number,
): { readonly body: Uint8Array; readonly streamId: string }[] {
  const index = agent.id.slice("agent-".length);
  const calls = Array.from({ length: TASKS }, (_, k) => {
    agent.seq += 1;
    const uuid = Buffer.alloc(16);
    uuid.writeUInt32BE(agent.seq, 12);
    return {
      type: "STATUS_UPDATE",
      seq: agent.seq,
      framework_id: frameworkId,
      executor_id: `task-${index}-${k}`,
      status: {
        task_id: { value: `task-${index}-${k}` },
        state: "TASK_RUNNING",
        source: "SOURCE_EXECUTOR",
        uuid: uuid.toString("base64"),
        timestamp: 1_795_266_552.25,
      },
      latest_state: "TASK_RUNNING",
    };
  });
  return Array.from({ length: TASKS / perBatch }, (_, part) => ({
    streamId: agent.streamId,
    body: bytesOf({
      agent_id: agent.id,
      calls: calls.slice(part * perBatch, (part + 1) * perBatch),
    }),
  }));
}

/** @throws {GateError} unless each update of the round went to the framework. */
function checkTold(events: CountingSink): void {
  const told = events.records?.filter((record) => record.includes('"UPDATE"')).length ?? 0;
  events.records = [];
  if (told !== AGENTS * TASKS) throw new GateError(`H4: ${told} updates were told`);
}

function frameworkIdIn({ records = [] }: CountingSink): string {
  const event = JSON.parse(records[0] ?? "{}") as {
    subscribed?: { framework_id: { value: string } };
  };
  return event.subscribed?.framework_id.value ?? "";
}

function bytesOf(body: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(body));
}
