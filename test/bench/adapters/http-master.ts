import { fork } from "node:child_process";
import { startHttpServer } from "../../../src/adapters/http/http-server.ts";
import { MemoryRegistry } from "../../support/mesos/memory-registry.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { GateError } from "../bench.ts";
import type { GeneratorMessage, TrafficOrder, TrafficReport } from "../generator/order.ts";
import { ProcessFigures, type Figures } from "../run/process-figures.ts";
import { SocketlessMaster } from "./socketless-master.ts";
import { TimedHandler } from "./timed-handler.ts";

/** What a run of the generator against a master in this process showed. */
export interface HttpRun {
  readonly report: TrafficReport;
  /** Of this process, while the generator measured. */
  readonly server: Figures;
  /** On this process's clock, by mark: "accept", "decline", "update". */
  readonly timed: TimedHandler;
}

/**
 * A master on a loopback port of this process, and a generator in a process of its own that does as ordered.
 *
 * @param whileMeasuring called when the warm-up is over.
 * @throws {GateError} when the generator gives no report.
 */
export async function runTraffic(
  order: Omit<TrafficOrder, "port">,
  whileMeasuring: () => void = () => undefined,
): Promise<HttpRun> {
  const master = new SocketlessMaster(new MemoryRegistry(), order.seed);
  await master.lead();
  const timed = new TimedHandler(master.handler);
  const server = await startHttpServer({
    handler: timed,
    logger: new RecordingLogger(),
    host: "127.0.0.1",
    port: 0,
  });
  const generator = fork(new URL("../generator/main.ts", import.meta.url));
  const { promise, resolve, reject } = Promise.withResolvers<HttpRun>();
  let watch: ProcessFigures | undefined;
  let figures: Figures | undefined;
  generator.on("message", (message: GeneratorMessage) => {
    if (message.kind === "measuring") {
      timed.reset();
      watch = new ProcessFigures();
      whileMeasuring();
    } else if (message.kind === "measured") {
      figures = watch?.end();
    } else if (message.kind === "done" && figures !== undefined) {
      resolve({ report: message.report, server: figures, timed });
    }
  });
  generator.once("exit", (code) => {
    reject(new GateError(`the generator ended with ${String(code)} and no report`));
  });
  generator.send({ ...order, port: server.port } satisfies TrafficOrder);
  try {
    return await promise;
  } finally {
    generator.kill();
    await master.stop();
    await server.close();
  }
}
