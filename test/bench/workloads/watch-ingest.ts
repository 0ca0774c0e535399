import { readJsonLines } from "../../../src/adapters/kubernetes/json-lines.ts";
import { decodeWatchEvent } from "../../../src/adapters/kubernetes/watch-events.ts";
import { PromMeter } from "../../../src/adapters/metrics/prom-meter.ts";
import { SystemClock } from "../../../src/adapters/system-clock/system-clock.ts";
import { Informers } from "../../../src/runtime/informer/informers.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../src/runtime/kube/kube-object.ts";
import type { KubeReader, WatchEvent } from "../../../src/runtime/ports/kube-transport.ts";
import { RecordingLogger } from "../../support/recording-logger.ts";
import { SeededRandom } from "../../support/seeded-random.ts";

const CHUNK_BYTES = 64 * 1024;

export interface WatchIngestResult {
  readonly eventsPerSecond: number;
  /** Heap beside what was there before, per object in the cache. */
  readonly heapBytesPerObject: number;
  readonly objectBytes: number;
}

/** O6: a streaming list of `objects` pods through decoder, reflector and store, from memory, so that no server is measured. */
export async function measureWatchIngest(
  objects: number,
  seed: number,
): Promise<WatchIngestResult> {
  const { chunks, bytes } = encodePods(objects, seed);
  collectGarbage();
  const heapBefore = process.memoryUsage().heapUsed;
  const informers = new Informers({
    reader: readerOf(chunks),
    clock: new SystemClock(),
    random: new SeededRandom(seed),
    logger: new RecordingLogger(),
    meter: new PromMeter({ defaults: false }),
  });
  const pods = informers.of<KubeObject>({ kind: KINDS.Pod });
  let told = 0;
  pods.onChange(() => (told += 1));
  const stop = new AbortController();
  const startedMs = performance.now();
  await informers.start(stop.signal);
  const seconds = (performance.now() - startedMs) / 1_000;
  collectGarbage();
  const heap = process.memoryUsage().heapUsed - heapBefore;
  stop.abort();
  await informers.stopped();
  return {
    eventsPerSecond: told / seconds,
    heapBytesPerObject: heap / objects,
    objectBytes: bytes / objects,
  };
}

/** The wire form of a streaming list, cut as a socket would cut it. */
function encodePods(count: number, seed: number): { chunks: readonly Buffer[]; bytes: number } {
  const random = new SeededRandom(seed);
  const lines: string[] = [];
  for (let index = 0; index < count; index += 1) {
    lines.push(JSON.stringify({ type: "ADDED", object: podOf(index, random) }));
  }
  const metadata = {
    resourceVersion: "999999999",
    annotations: { "k8s.io/initial-events-end": "true" },
  };
  lines.push(JSON.stringify({ type: "BOOKMARK", object: { kind: "Pod", metadata } }));
  const all = Buffer.from(`${lines.join("\n")}\n`);
  const chunks: Buffer[] = [];
  for (let at = 0; at < all.length; at += CHUNK_BYTES) {
    chunks.push(all.subarray(at, at + CHUNK_BYTES));
  }
  return { chunks, bytes: all.length };
}

function podOf(index: number, random: SeededRandom): KubeObject {
  const app = `app-${Math.floor(random.next() * 200)}`;
  const name = `${app}-${random.uuid().slice(0, 8)}-${index}`;
  const time = "2026-11-21T13:09:12Z";
  const managedFields = ["kube-controller-manager", "kubelet"].map((manager) => ({
    manager,
    operation: "Update" as const,
    apiVersion: "v1",
    time,
    fieldsType: "FieldsV1",
    fieldsV1: {
      "f:metadata": { "f:labels": { ".": {}, "f:app": {} } },
      "f:spec": { "f:nodeName": {} },
    },
  }));
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: {
      name,
      namespace: "load",
      uid: random.uuid(),
      resourceVersion: String(1_000 + index),
      creationTimestamp: time,
      labels: { app, "pod-template-hash": random.uuid().slice(0, 8) },
      ownerReferences: [
        {
          apiVersion: "apps/v1",
          kind: "ReplicaSet",
          name: app,
          uid: random.uuid(),
          controller: true,
        },
      ],
      managedFields,
    },
    spec: {
      nodeName: `node-${index % 100}`,
      restartPolicy: "Always",
      serviceAccountName: "default",
      containers: [
        {
          name: "main",
          image: `registry.example/${app}:1.2.3`,
          env: [{ name: "A", value: random.uuid() }],
          resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "256Mi" } },
          volumeMounts: [{ name: "token", mountPath: "/var/run/secrets", readOnly: true }],
          terminationMessagePath: "/dev/termination-log",
          imagePullPolicy: "IfNotPresent",
        },
      ],
      volumes: [
        { name: "token", projected: { sources: [{ serviceAccountToken: { path: "token" } }] } },
      ],
      tolerations: [
        { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute" },
        { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" },
      ],
    },
    status: {
      phase: "Running",
      hostIP: "10.0.0.1",
      podIP: `10.1.${index % 250}.${index % 200}`,
      startTime: time,
      conditions: ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map((type) => ({
        type,
        status: "True",
        lastTransitionTime: time,
      })),
      containerStatuses: [
        {
          name: "main",
          ready: true,
          restartCount: 0,
          containerID: `containerd://${random.uuid()}`,
        },
      ],
    },
  } as KubeObject;
}

function readerOf(chunks: readonly Buffer[]): KubeReader {
  // eslint-disable-next-line @typescript-eslint/require-await -- the shape of a socket
  async function* bytes(): AsyncGenerator<Uint8Array> {
    yield* chunks;
  }
  const unused = (): never => {
    throw new Error("only watched");
  };
  return {
    get: unused,
    list: unused,
    async *watch<T extends KubeObject>(): AsyncGenerator<WatchEvent<T>> {
      const call = { method: "GET", path: "/api/v1/pods" };
      for await (const line of readJsonLines(bytes(), 8 * 1024 * 1024)) {
        yield decodeWatchEvent<T>(call, line);
      }
    },
  };
}

function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.();
}
