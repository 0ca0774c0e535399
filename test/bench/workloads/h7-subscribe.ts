import type { ChunkSink } from "../../../src/runtime/ports/http-exchange.ts";
import { MemoryRegistry } from "../../support/mesos/memory-registry.ts";
import { SocketlessMaster } from "../adapters/socketless-master.ts";
import { GateError, type Bench, type Grid } from "../bench.ts";
import { Latencies } from "../run/latencies.ts";
import { Stopwatch } from "../run/measure.ts";
import { frameworkSubscribe } from "./mesos-traffic.ts";

const FRAMEWORKS: Record<Grid, number> = { smoke: 100, standard: 2_000, full: 2_000 };

/** From the body of a SUBSCRIBE to SUBSCRIBED and the first HEARTBEAT on the stream: one write each, in ASCII. */
export const subscription: Bench = {
  id: "H7",
  about: "subscription of a framework",
  async run({ grid, seed }) {
    const master = new SocketlessMaster(new MemoryRegistry(), seed);
    await master.lead();
    const latencies = new Latencies();
    const watch = new Stopwatch();
    for (let index = 0; index < FRAMEWORKS[grid]; index += 1) {
      const body = Buffer.from(JSON.stringify(frameworkSubscribe(index)));
      const sink = new WriteSink();
      const startedMs = performance.now();
      watch.time(() => master.post("/api/v1/scheduler", body, { sink }));
      checkWrites(sink);
      latencies.note((sink.beatMs ?? Infinity) - startedMs);
    }
    await master.stop();
    return [
      {
        id: "H7",
        point: `${FRAMEWORKS[grid]} frameworks`,
        adapter: "engine",
        column: "SUBSCRIBED and HEARTBEAT",
        rounds: latencies.count,
        wallMs: latencies.spread(),
        cpuMs: watch.spread().cpuMs,
        equalTo: "counts",
        bar: { of: "p99", specMs: 100, goalMs: 10 },
        note: "without sockets; the record in the Registry is not waited for",
      },
    ];
  },
};

/** Keeps each write as it came. */
class WriteSink implements ChunkSink {
  readonly writes: string[] = [];
  /** When the second was written. */
  beatMs: number | undefined;

  write(chunk: string | Uint8Array): void {
    this.writes.push(typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("latin1"));
    if (this.writes.length === 2) this.beatMs = performance.now();
  }

  bufferedBytes(): number {
    return 0;
  }

  close(): void {
    this.writes.push("closed");
  }
}

/** @throws {GateError} unless the first two writes are one record each, in ASCII. */
function checkWrites({ writes }: WriteSink): void {
  const types = writes.map((write) => {
    const [length = "", ...rest] = write.split("\n");
    const record = rest.join("\n");
    const isWhole = Number(length) === record.length && /^[\x20-\x7e]*$/.test(record);
    return isWhole ? (JSON.parse(record) as { type: string }).type : "not one record in ASCII";
  });
  if (types[0] !== "SUBSCRIBED" || types[1] !== "HEARTBEAT") {
    throw new GateError(`H7: written was ${types.join(", ")}`);
  }
}
