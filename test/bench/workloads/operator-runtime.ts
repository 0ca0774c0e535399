import type { Bench, Measurement } from "../bench.ts";
import { Stopwatch } from "../run/measure.ts";
import { spreadOf } from "../run/spread.ts";
import { measureTransportGets } from "./transport-gets.ts";
import { measureWatchIngest } from "./watch-ingest.ts";

/** 10k GETs with 20 in flight through the product's transport; needs a cluster. */
export const transportGets: Bench = {
  id: "O5",
  about: "GETs through the transport, with --kubeconfig",
  async run({ kubeconfigPath, grid }) {
    if (kubeconfigPath === undefined) return [];
    const gets = grid === "smoke" ? 1_000 : 10_000;
    const result = await measureTransportGets({ kubeconfigPath, gets, inFlight: 20 });
    const perGetMs = 1000 / result.getsPerSecond;
    const cpuMs = (result.cpuSeconds * 1000) / gets;
    const measurement: Measurement = {
      id: "O5",
      point: `${gets}/20`,
      adapter: "engine",
      column: "per GET",
      rounds: 1,
      wallMs: spreadOf([perGetMs]),
      cpuMs: spreadOf([cpuMs]),
      rate: result.getsPerSecond,
      note: [
        `${Math.round(result.getsPerSecond)}/s`,
        `p50 ${result.p50Ms.toFixed(2)} ms`,
        `p99 ${result.p99Ms.toFixed(2)} ms`,
        `${result.sockets} sockets`,
        `RSS +${Math.round(result.rssGrowthMiB)} MiB`,
      ].join(", "),
    };
    return [measurement];
  },
};

/** A streaming list of pods through decoder, reflector and store. */
export const watchIngest: Bench = {
  id: "O6",
  about: "watch ingest",
  async run({ grid, seed }) {
    const pods = grid === "smoke" ? 2_000 : 20_000;
    const watch = new Stopwatch();
    const result = await watch.timeAsync(() => measureWatchIngest(pods, seed));
    const { cpuMs } = watch.spread(pods);
    const measurement: Measurement = {
      id: "O6",
      point: `${pods} pods`,
      adapter: "engine",
      column: "per event",
      rounds: 1,
      wallMs: spreadOf([1000 / result.eventsPerSecond]),
      cpuMs,
      rate: result.eventsPerSecond,
      bytes: Math.round(result.objectBytes),
      note: `${Math.round(result.eventsPerSecond)}/s, ${Math.round(result.heapBytesPerObject)} B heap per object of ${Math.round(result.objectBytes)} B; CPU includes making them`,
    };
    return [measurement];
  },
};
