import { connectKubernetes } from "../../../src/adapters/kubernetes/connect.ts";
import { openKubeconfigAccess } from "../../../src/adapters/kubernetes/kubeconfig-access.ts";
import { PromMeter } from "../../../src/adapters/metrics/prom-meter.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { SystemRandom } from "../../../src/adapters/system-random/system-random.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";

export interface TransportGetsPoint {
  readonly kubeconfigPath: string;
  readonly gets: number;
  readonly inFlight: number;
}

export interface TransportGetsResult {
  readonly getsPerSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Most sockets open at once. */
  readonly sockets: number;
  readonly rssGrowthMiB: number;
  readonly cpuSeconds: number;
}

/** O5: many GETs of one small object with a fixed number in flight, metrics on, over the product's transport. */
export async function measureTransportGets(
  point: TransportGetsPoint,
): Promise<TransportGetsResult> {
  const clock = new SystemClock();
  const connection = connectKubernetes({
    access: await openKubeconfigAccess({ clock, file: point.kubeconfigPath }),
    clock,
    random: new SystemRandom(),
    logger: new RecordingLogger(),
    meter: new PromMeter({ defaults: false }),
    process: "bench",
    version: "0",
  });
  const { signal } = new AbortController();
  const ref = { kind: KINDS.ConfigMap, namespace: "kube-system", name: "kube-root-ca.crt" };
  const take = async (): Promise<void> => {
    await connection.transport.get(ref, { signal });
  };
  await loop(500, point.inFlight, take);
  collectGarbage();
  const rssBefore = process.memoryUsage.rss();
  const cpuBefore = process.cpuUsage();
  const latencies = new Float64Array(point.gets);
  let sockets = 0;
  const startedMs = performance.now();
  await loop(point.gets, point.inFlight, async (index) => {
    const sentMs = performance.now();
    await take();
    latencies[index] = performance.now() - sentMs;
    if (index % 500 === 0) sockets = Math.max(sockets, openSockets());
  });
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  const rssGrowthMiB = (process.memoryUsage.rss() - rssBefore) / 2 ** 20;
  await connection.close();
  latencies.sort();
  return {
    getsPerSecond: point.gets / seconds,
    p50Ms: latencies[Math.floor(point.gets * 0.5)]!,
    p99Ms: latencies[Math.floor(point.gets * 0.99)]!,
    sockets,
    rssGrowthMiB,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  };
}

async function loop(
  times: number,
  inFlight: number,
  act: (index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  await Promise.all(
    Array.from({ length: inFlight }, async () => {
      while (next < times) await act(next++);
    }),
  );
}

function openSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => /^(TCP|TLS)(Socket)?Wrap$/.test(name))
    .length;
}

function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
