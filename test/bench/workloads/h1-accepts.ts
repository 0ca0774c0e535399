import { startHttpServer } from "../../../src/adapters/http/http-server.ts";
import { MemoryRegistry } from "../../support/mesos/memory-registry.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { sendRequests, type ClientRequest } from "../adapters/request-client.ts";
import { CountingSink, nextTurn, SocketlessMaster } from "../adapters/socketless-master.ts";
import { GateError, type Bench, type Grid, type Measurement } from "../bench.ts";
import { spreadOf } from "../run/spread.ts";
import { agentSubscribe, frameworkSubscribe, taskInfo } from "./mesos-traffic.ts";

const REQUESTS: Record<Grid, number> = { smoke: 100, standard: 5_000, full: 5_000 };
const CONNECTIONS = 50;
/** What is left of an offer is not offered again while it is measured. */
const FILTERS = { refuse_seconds: 3_600 };

/** By tasks per ACCEPT. */
const BARS = [
  { id: "H1", tasks: 1, goalMs: 0.03 },
  { id: "H2", tasks: 10, goalMs: 0.07 },
] as const;

/** ACCEPTs over HTTP, 50 connections; each agent has one offer and takes one ACCEPT. */
export const accepts: Bench = {
  id: "H1",
  about: "ACCEPT with 1 task, with 10 tasks (H2)",
  async run({ grid, seed }) {
    const measurements: Measurement[] = [];
    for (const { id, tasks, goalMs } of BARS) {
      const count = REQUESTS[grid];
      const { cpuMs, spread, bodyBytes } = await measureAccepts(count, tasks, seed);
      measurements.push({
        id,
        point: `${count} ACCEPTs with ${tasks} tasks`,
        adapter: "engine",
        column: "server CPU per request",
        rounds: count,
        wallMs: spread,
        cpuMs: spreadOf([cpuMs / count]),
        bytes: bodyBytes,
        equalTo: "counts",
        bar: { goalMs },
        note: `${bodyBytes} B, ${CONNECTIONS} connections in closed loop; dispatch to the agent's stream included`,
      });
    }
    return measurements;
  },
};

async function measureAccepts(
  count: number,
  tasks: number,
  seed: number,
): Promise<{
  readonly cpuMs: number;
  readonly spread: Measurement["wallMs"];
  readonly bodyBytes: number;
}> {
  const master = new SocketlessMaster(new MemoryRegistry(), seed);
  await master.lead();
  const { requests, sinks } = await makeAccepts(master, count, tasks);
  const server = await startHttpServer({
    handler: master.handler,
    logger: new RecordingLogger(),
    host: "127.0.0.1",
    port: 0,
  });
  const order = { port: server.port, connections: CONNECTIONS, requests };
  const { spread, figures } = await sendRequests(order, 202);
  await server.close();
  await master.stop();
  const dispatched = sinks.filter(({ bytes }) => bytes > 0).length;
  if (dispatched !== count) throw new GateError(`H1: ${dispatched} of ${count} agents were told`);
  return { cpuMs: figures.cpuMs, spread, bodyBytes: requests[0]?.body.length ?? 0 };
}

/** One framework that holds an offer of each agent, and an ACCEPT for each. */
async function makeAccepts(
  master: SocketlessMaster,
  count: number,
  tasks: number,
): Promise<{ readonly requests: ClientRequest[]; readonly sinks: readonly CountingSink[] }> {
  const sinks: CountingSink[] = [];
  for (let index = 0; index < count; index += 1) {
    const sink = new CountingSink();
    sink.records = undefined;
    master.post("/api/v1/agent", Buffer.from(JSON.stringify(agentSubscribe(`host-${index}`))), {
      sink,
    });
    sinks.push(sink);
    if (index % 10 === 0) await nextTurn();
  }
  while (master.engine.state.agents.size < count) await nextTurn();
  const events = new CountingSink();
  const body = Buffer.from(JSON.stringify(frameworkSubscribe(0)));
  const opened = master.post("/api/v1/scheduler", body, { sink: events });
  if (!("streamId" in opened)) throw new GateError("H1: the framework was refused");
  const framework = [...master.engine.state.frameworks.values()][0];
  if (framework === undefined) throw new GateError("H1: the framework is not known");
  while (framework.offers.size < count) await nextTurn();
  const requests = [...framework.offers].map((offer, index): ClientRequest => ({
    path: "/api/v1/scheduler",
    headers: { "content-type": "application/json", "mesos-stream-id": opened.streamId },
    body: JSON.stringify({
      framework_id: { value: framework.id },
      type: "ACCEPT",
      accept: {
        offer_ids: [{ value: offer.id }],
        operations: [
          {
            type: "LAUNCH",
            launch: {
              task_infos: Array.from({ length: tasks }, (_, k) =>
                taskInfo(`task-${index}-${k}`, offer.agent.id),
              ),
            },
          },
        ],
        filters: FILTERS,
      },
    }),
  }));
  for (const sink of sinks) sink.bytes = 0;
  return { requests, sinks };
}
