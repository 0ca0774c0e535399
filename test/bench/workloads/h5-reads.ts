import { startHttpServer } from "../../../src/adapters/http/http-server.ts";
import { MemoryRegistry } from "../../support/mesos/memory-registry.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { sendRequests } from "../adapters/request-client.ts";
import type { SocketlessMaster } from "../adapters/socketless-master.ts";
import { GateError, type Bench, type Grid, type Measurement } from "../bench.ts";
import { spreadOf } from "../run/spread.ts";
import { populateMaster, populationName, type Population } from "./master-population.ts";

const POINTS: Record<Grid, Population> = {
  smoke: { agents: 50, tasks: 500, frameworks: 10 },
  standard: { agents: 10_000, tasks: 100_000, frameworks: 50 },
  full: { agents: 10_000, tasks: 100_000, frameworks: 50 },
};
const ROUNDS: Record<Grid, number> = { smoke: 1, standard: 3, full: 3 };
const AT_ONCE: Record<Grid, readonly number[]> = {
  smoke: [10],
  standard: [1, 10],
  full: [1, 10],
};

interface Read {
  readonly column: string;
  readonly path: string;
  readonly body: string;
  readonly accept: string;
}

const READS: readonly Read[] = [
  {
    column: "GET_STATE JSON",
    path: "/api/v1",
    body: '{"type":"GET_STATE"}',
    accept: "application/json",
  },
  {
    column: "GET_STATE protobuf",
    path: "/api/v1",
    body: '{"type":"GET_STATE"}',
    accept: "application/x-protobuf",
  },
  { column: "/state", path: "/state", body: "", accept: "application/json" },
];

/** The whole state of a master at rest, read by one client and by ten at once. */
export const stateReads: Bench = {
  id: "H5",
  about: "reads of the whole state",
  async run({ grid, seed }) {
    const population = POINTS[grid];
    const master = await populateMaster(population, new MemoryRegistry(), seed);
    checkState(master, population);
    const server = await startHttpServer({
      handler: master.handler,
      logger: new RecordingLogger(),
      host: "127.0.0.1",
      port: 0,
    });
    const measurements: Measurement[] = [];
    for (const { column, path, body, accept } of READS) {
      for (const connections of AT_ONCE[grid]) {
        const count = connections * ROUNDS[grid];
        const request = { path, body, headers: { "content-type": "application/json", accept } };
        const requests = Array.from({ length: count }, () => request);
        const order = { port: server.port, connections, requests };
        const report = await sendRequests(order, 200);
        const { figures } = report;
        measurements.push({
          id: "H5",
          point: `${populationName(population)}, ${connections} at once`,
          adapter: "engine",
          column,
          rounds: count,
          wallMs: report.spread,
          cpuMs: spreadOf([figures.cpuMs / count]),
          bytes: Math.round(report.bytes / count),
          loopDelayMs: figures.loopDelayMs,
          gcMaxMs: figures.gcMaxMs,
          rssMiB: figures.rssMiB,
          equalTo: "counts",
          ...(population.tasks === 100_000 ? { bar: { specMs: 3_000, goalMs: 1_500 } } : {}),
          note: `request to last byte, ${Math.round(report.bytes / count / 1024)} KiB; loop delay max ${Math.round(figures.loopDelayMs.max)} ms`,
        });
      }
    }
    await server.close();
    await master.stop();
    return measurements;
  },
};

/** @throws {GateError} unless the state that is read names everybody and everything. */
function checkState(master: SocketlessMaster, { agents, tasks, frameworks }: Population): void {
  const answer = master.post("/api/v1", Buffer.from('{"type":"GET_STATE"}'));
  const text = "body" in answer ? Buffer.from(answer.body).toString("utf8") : "{}";
  const { get_state } = JSON.parse(text) as {
    get_state: Record<string, Record<string, readonly unknown[] | undefined>>;
  };
  const seen = [
    get_state["get_agents"]?.["agents"]?.length,
    get_state["get_tasks"]?.["tasks"]?.length,
    get_state["get_frameworks"]?.["frameworks"]?.length,
  ];
  if (seen.join() !== [agents, tasks, frameworks].join()) {
    throw new GateError(`H5: the state names ${seen.join(", ")} agents, tasks and frameworks`);
  }
}
