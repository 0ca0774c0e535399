import { Controller } from "../../../src/runtime/controller/controller.ts";
import { generationChanged } from "../../../src/runtime/controller/predicates.ts";
import type {
  ReconcileContext,
  ReconcileResult,
} from "../../../src/runtime/controller/reconciler.ts";
import type { Informer } from "../../../src/runtime/informer/informer.ts";
import { Informers } from "../../../src/runtime/informer/informers.ts";
import { KINDS } from "../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject, ObjectKey } from "../../../src/runtime/kube/kube-object.ts";
import { ETERNAL_TERM } from "../../../src/runtime/leader/eternal-term.ts";
import type { Term } from "../../../src/runtime/leader/term.ts";
import { FakeKube } from "../kubernetes/fake-kube.ts";
import { RecordingLogger } from "../recording-logger.ts";
import { RecordingMeter } from "../recording-meter.ts";
import { SeededRandom } from "../seeded-random.ts";
import { VirtualClock } from "../virtual-clock.ts";

/** The kind that the controller reconciles. */
export const parent = KINDS.StatefulSet;
/** The kind that belongs to a parent, by its label `parent`. */
export const child = KINDS.ConfigMap;

interface Parent extends KubeObject {
  readonly spec: { readonly size: number };
}

export const makeParent = (name: string, size = 1): Parent => ({
  metadata: { name, namespace: "ns" },
  spec: { size },
});

/** The real controller of parents with children over a fake API server, in virtual time. */
export class ControllerWorld {
  readonly kube = new FakeKube();
  readonly clock = new VirtualClock();
  readonly meter = new RecordingMeter();
  readonly logger = new RecordingLogger();
  readonly children: Informer<KubeObject>;
  /** Keys that the reconciler was given, in order. */
  readonly seen: string[] = [];
  /** What the reconciler does; a test says it before `start`. */
  behave: (key: string, context: ReconcileContext) => Promise<ReconcileResult> = () =>
    Promise.resolve({ kind: "done" });
  readonly #stop = new AbortController();
  #running = Promise.resolve();
  readonly #random = new SeededRandom(5);
  readonly #informers: Informers;
  readonly #parents: Informer<Parent>;
  #controller: Controller | undefined;

  constructor() {
    const { kube, clock, logger, meter } = this;
    this.#informers = new Informers({
      reader: kube,
      clock,
      random: this.#random,
      logger,
      meter,
      freeze: true,
    });
    this.#parents = this.#informers.of<Parent>({ kind: parent });
    this.children = this.#informers.of({ kind: child });
  }

  async start(
    options: { readonly maxConcurrent?: number; readonly term?: Term } = {},
  ): Promise<void> {
    const { kube, clock, logger, meter } = this;
    this.#controller = new Controller({
      name: "test",
      reconciler: {
        reconcile: (key, context) => {
          this.seen.push(key);
          return this.behave(key, context);
        },
      },
      kube,
      clock,
      random: this.#random,
      logger,
      meter,
      ...(options.maxConcurrent === undefined ? {} : { maxConcurrent: options.maxConcurrent }),
    });
    this.#controller
      .reconciles(this.#parents, generationChanged)
      .owns(this.children, ({ metadata }) => [`ns/${metadata.labels?.["parent"] ?? ""}`]);
    const starting = this.#informers.start(this.#stop.signal);
    await clock.settle();
    await starting;
    this.#running = this.#controller.run(options.term ?? ETERNAL_TERM, this.#stop.signal);
    await clock.settle();
  }

  /** Tells the controller to end, lets `ms` pass and waits until it has. */
  async stop(ms = 100): Promise<void> {
    this.#stop.abort();
    await this.clock.advance(ms);
    await this.#running;
  }

  /** Asks for a look at `key` although nothing changed. */
  enqueue(key: ObjectKey): void {
    this.#controller?.queue.add(key);
  }

  /** How many looks ended that way. */
  result(of: string): number {
    return this.meter.value("controller_runtime_reconcile_total", {
      controller: "test",
      result: of,
    });
  }

  counted(name: string): number {
    return this.meter.value(name, { controller: "test" });
  }
}
