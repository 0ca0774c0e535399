import { expect } from "chai";
import { OperatingError } from "../../../../src/api/errors/operating-error.ts";
import { Controller } from "../../../../src/runtime/controller/controller.ts";
import { generationChanged } from "../../../../src/runtime/controller/predicates.ts";
import type {
  ReconcileContext,
  ReconcileResult,
} from "../../../../src/runtime/controller/reconciler.ts";
import { Informers } from "../../../../src/runtime/informer/informers.ts";
import type { Informer } from "../../../../src/runtime/informer/informer.ts";
import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import type { KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import { ETERNAL_TERM } from "../../../../src/runtime/leader/eternal-term.ts";
import type { Term } from "../../../../src/runtime/leader/term.ts";
import { FakeKube } from "../../../support/kubernetes/fake-kube.ts";
import { RecordingLogger } from "../../../support/recording-logger.ts";
import { RecordingMeter } from "../../../support/recording-meter.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

const parent = KINDS.StatefulSet;
const child = KINDS.ConfigMap;
interface Parent extends KubeObject {
  readonly spec: { readonly size: number };
}
const makeParent = (name: string, size = 1): Parent => ({
  metadata: { name, namespace: "ns" },
  spec: { size },
});

describe("Controller", () => {
  let kube: FakeKube;
  let clock: VirtualClock;
  let meter: RecordingMeter;
  let logger: RecordingLogger;
  let parents: Informer<Parent>;
  let children: Informer<KubeObject>;
  let controller: Controller;
  let stop: AbortController;
  let running: Promise<void>;
  let seen: string[];
  let behave: (key: string, context: ReconcileContext) => Promise<ReconcileResult>;

  beforeEach(() => {
    kube = new FakeKube();
    clock = new VirtualClock();
    meter = new RecordingMeter();
    logger = new RecordingLogger();
    seen = [];
    behave = () => Promise.resolve({ kind: "done" });
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await clock.advance(100);
    await running;
  });

  async function start(
    options: { readonly maxConcurrent?: number; readonly term?: Term } = {},
  ): Promise<void> {
    const random = new SeededRandom(5);
    const informers = new Informers({ reader: kube, clock, random, logger, meter, freeze: true });
    parents = informers.of<Parent>({ kind: parent });
    children = informers.of({ kind: child });
    controller = new Controller({
      name: "test",
      reconciler: {
        reconcile: (key, context) => {
          seen.push(key);
          return behave(key, context);
        },
      },
      kube,
      clock,
      random,
      logger,
      meter,
      ...(options.maxConcurrent === undefined ? {} : { maxConcurrent: options.maxConcurrent }),
    });
    controller
      .reconciles(parents, generationChanged)
      .owns(children, ({ metadata }) => [`ns/${metadata.labels?.["parent"] ?? ""}`]);
    const starting = informers.start(stop.signal);
    await clock.settle();
    await starting;
    running = controller.run(options.term ?? ETERNAL_TERM, stop.signal);
    await clock.settle();
  }
  const result = (of: string): number =>
    meter.value("controller_runtime_reconcile_total", { controller: "test", result: of });
  const counted = (name: string): number => meter.value(name, { controller: "test" });

  it("looks at every object once at the start, and at each change of the spec after that", async () => {
    kube.put(parent, makeParent("a"));
    kube.put(parent, makeParent("b"));
    await start();
    expect(seen).to.deep.equal(["ns/a", "ns/b"]);
    kube.put(parent, makeParent("a", 2));
    await clock.settle();
    expect(seen).to.deep.equal(["ns/a", "ns/b", "ns/a"]);
  });

  it("leaves out changes that the predicate does not let through", async () => {
    const made = kube.put(parent, makeParent("a"));
    await start();
    kube.put(parent, { ...made, metadata: { ...made.metadata, labels: { any: "1" } } });
    await clock.settle();
    expect(seen).to.deep.equal(["ns/a"]);
  });

  it("looks at the parent when a child changes, and at both parents when it changes hands", async () => {
    await start();
    const metadata = { name: "c", namespace: "ns" };
    kube.put(child, { metadata: { ...metadata, labels: { parent: "a" } } });
    await clock.settle();
    kube.put(child, { metadata: { ...metadata, labels: { parent: "b" } } });
    await clock.settle();
    expect(seen).to.deep.equal(["ns/a", "ns/b", "ns/a"]);
  });

  it("works on several keys at once, but never twice on one", async () => {
    let inWork = 0;
    let most = 0;
    behave = async () => {
      most = Math.max(most, (inWork += 1));
      await new Promise<void>((resolve) => void clock.after(50, resolve));
      inWork -= 1;
      return { kind: "done" };
    };
    for (const name of ["a", "b", "c", "d"]) kube.put(parent, makeParent(name));
    await start({ maxConcurrent: 3 });
    kube.put(parent, makeParent("a", 2));
    await clock.advance(200);
    expect(most).to.equal(3);
    expect(seen.filter((key) => key === "ns/a")).to.have.length(2);
  });

  it("comes back when the reconciler says so", async () => {
    behave = () => Promise.resolve({ kind: "requeueAfter", afterMs: 5_000 });
    kube.put(parent, makeParent("a"));
    await start();
    await clock.advance(4_999);
    expect(seen).to.have.length(1);
    await clock.advance(1);
    expect(seen).to.have.length(2);
    expect(result("requeue_after")).to.equal(2);
  });

  it("looks again 100 ms after a stale look, without counting an error", async () => {
    let first = true;
    behave = () => {
      const answer: ReconcileResult = first ? { kind: "stale", what: "moved" } : { kind: "done" };
      first = false;
      return Promise.resolve(answer);
    };
    kube.put(parent, makeParent("a"));
    await start();
    await clock.advance(100);
    expect(seen).to.have.length(2);
    expect(counted("controller_runtime_reconcile_errors_total")).to.equal(0);
    expect(result("requeue")).to.equal(1);
  });

  it("treats a lost race as stale, not as a failure", async () => {
    let first = true;
    behave = () => {
      if (!first) return Promise.resolve({ kind: "done" });
      first = false;
      throw new OperatingError("KUBE_CONFLICT", "modified meanwhile");
    };
    kube.put(parent, makeParent("a"));
    await start();
    await clock.advance(100);
    expect(seen).to.have.length(2);
    expect(counted("controller_runtime_reconcile_errors_total")).to.equal(0);
  });

  it("backs off from a failing key without holding up the others", async () => {
    behave = (key) => {
      if (key === "ns/bad") throw new OperatingError("KUBE_UNAVAILABLE", "away");
      return Promise.resolve({ kind: "done" });
    };
    kube.put(parent, makeParent("bad"));
    kube.put(parent, makeParent("good"));
    await start();
    await clock.advance(1_000);
    const failures = seen.filter((key) => key === "ns/bad").length;
    expect(failures).to.be.within(7, 9);
    expect(seen.filter((key) => key === "ns/good")).to.have.length(1);
    expect(counted("controller_runtime_reconcile_errors_total")).to.equal(failures);
    expect(logger.lines.some(({ level }) => level === "error")).to.equal(true);
  });

  it("rests five minutes after a terminal failure, unless the object changes", async () => {
    behave = () =>
      Promise.resolve({ kind: "failed", error: new OperatingError("KUBE_INVALID", "bad field") });
    kube.put(parent, makeParent("a"));
    await start();
    await clock.advance(299_000);
    expect(seen).to.have.length(1);
    kube.put(parent, makeParent("a", 2));
    await clock.settle();
    expect(seen).to.have.length(2);
    await clock.advance(300_000);
    expect(seen).to.have.length(3);
    expect(counted("controller_runtime_terminal_reconcile_errors_total")).to.equal(3);
  });

  it("counts a throw that is no operating error as a panic and goes on", async () => {
    let first = true;
    behave = () => {
      if (!first) return Promise.resolve({ kind: "done" });
      first = false;
      throw new TypeError("undefined is not a function");
    };
    kube.put(parent, makeParent("a"));
    await start();
    await clock.advance(10);
    expect(seen).to.have.length(2);
    expect(counted("controller_runtime_reconcile_panics_total")).to.equal(1);
    expect(logger.lines.at(-1)?.error).to.be.instanceOf(TypeError);
  });

  it("ends a reconcile after 60 s and tries again", async () => {
    let first = true;
    behave = (_key, { signal }) => {
      if (!first) return Promise.resolve({ kind: "done" });
      first = false;
      return new Promise((_resolve, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      });
    };
    kube.put(parent, makeParent("a"));
    await start();
    await clock.advance(60_100);
    expect(seen).to.have.length(2);
    expect(counted("controller_runtime_reconcile_timeouts_total")).to.equal(1);
  });

  it("puts a key off until the cache has seen what it wrote: no second child", async () => {
    behave = async (_key, { kube: writer, signal }) => {
      if ([...children.list()].length === 0) {
        const metadata = { name: `c${kube.all(child).length}`, namespace: "ns" };
        await writer.create(child, { metadata }, { signal });
      }
      return { kind: "done" };
    };
    await start();
    kube.intercept = (call) => {
      if (call.verb === "watch" && call.kind === "ConfigMap") {
        throw new OperatingError("KUBE_UNAVAILABLE", "the watch lags");
      }
    };
    kube.breakWatches("KUBE_UNAVAILABLE");
    controller.queue.add("ns/a");
    await clock.advance(50);
    for (let look = 0; look < 20; look += 1) {
      controller.queue.add("ns/a");
      await clock.advance(100);
    }
    expect(kube.all(child)).to.have.length(1);
    expect(seen).to.have.length(1);
    expect(counted("stale_sync_skips_total")).to.be.greaterThan(5);
    kube.intercept = undefined;
    await clock.advance(35_000);
    expect(seen.length).to.be.greaterThan(1);
    expect(kube.all(child)).to.have.length(1);
  });

  it("slows a hot loop down to once in ten seconds, and lets a new generation through", async () => {
    const kept = makeParent("a");
    let turn = 0;
    behave = async (_key, { kube: writer, signal }) => {
      const data = { turn: String((turn += 1)) };
      const metadata = { name: "c", namespace: "ns", labels: { parent: "a" } };
      await writer.apply(child, { metadata, data } as KubeObject, { signal });
      return { kind: "done" };
    };
    kube.put(parent, kept);
    await start();
    await clock.advance(5_000);
    const before = seen.length;
    expect(before).to.be.within(10, 13);
    await clock.advance(30_000);
    expect(seen.length - before).to.be.within(2, 4);
    expect(meter.value("orchestrator_hot_loops_total", { controller: "test" })).to.equal(1);
    const slowed = seen.length;
    kube.put(parent, makeParent("a", 2));
    await clock.advance(200);
    expect(seen.length).to.be.greaterThan(slowed);
  });

  it("does not slow down a key that writes because others changed its children, as in a roll", async () => {
    kube.put(parent, makeParent("a"));
    const labels = { parent: "a" };
    behave = async (_key, { kube: writer, signal }) => {
      const pods = [...children.list()].filter(({ metadata }) => metadata.name !== "told").length;
      const told = children.get("ns/told") as { readonly data?: { pods: string } } | undefined;
      if (told?.data?.pods === String(pods)) return { kind: "done" };
      const metadata = { name: "told", namespace: "ns", labels };
      const data = { pods: String(pods) };
      await writer.apply(child, { metadata, data } as KubeObject, { signal });
      return { kind: "done" };
    };
    await start();
    for (let pod = 0; pod < 40; pod += 1) {
      kube.put(child, { metadata: { name: `pod-${pod}`, namespace: "ns", labels } });
      await clock.advance(1_200);
      expect(kube.all(child).find(({ metadata }) => metadata.name === "told")).to.deep.include({
        data: { pods: String(pod + 1) },
      });
    }
    expect(counted("orchestrator_hot_loops_total")).to.equal(0);
  });

  it("slows down two writers that undo each other's work", async () => {
    kube.put(parent, makeParent("a"));
    const metadata = { name: "c", namespace: "ns", labels: { parent: "a" } };
    const theirs = (): void => {
      kube.put(child, { metadata, data: { owner: "them" } } as KubeObject);
    };
    behave = async (_key, { kube: writer, signal }) => {
      const { data } = (children.get("ns/c") ?? {}) as { readonly data?: { owner: string } };
      if (data?.owner === "us") return { kind: "done" };
      const ours = { metadata, data: { owner: "us" } } as KubeObject;
      await writer.apply(child, ours, { signal, force: true });
      clock.after(50, theirs);
      return { kind: "done" };
    };
    await start();
    await clock.advance(10_000);
    expect(counted("orchestrator_hot_loops_total")).to.equal(1);
    const before = seen.length;
    await clock.advance(30_000);
    expect(seen.length - before).to.be.within(2, 8);
  });

  it("does not slow down a key whose children change by themselves", async () => {
    kube.put(parent, makeParent("a"));
    await start();
    for (let change = 0; change < 100; change += 1) {
      const metadata = { name: "c", namespace: "ns", labels: { parent: "a" } };
      kube.put(child, { metadata, data: { change: String(change) } } as KubeObject);
      await clock.advance(100);
    }
    expect(seen.length).to.be.greaterThan(90);
  });

  it("refuses a write of a term that is over, and starts no further look", async () => {
    const lost = new AbortController();
    let current = true;
    const term: Term = { number: 3, isCurrent: () => current, signal: lost.signal };
    const errors: unknown[] = [];
    behave = async (_key, { kube: writer, signal }) => {
      current = false;
      await writer
        .create(child, { metadata: { name: "late", namespace: "ns" } }, { signal })
        .catch((error: unknown) => errors.push(error));
      return { kind: "done" };
    };
    kube.put(parent, makeParent("a"));
    await start({ term });
    expect(errors[0]).to.have.property("code", "LEADER_TERM_EXPIRED");
    expect(kube.all(child)).to.deep.equal([]);
    lost.abort(new OperatingError("LEADER_TERM_EXPIRED", "lost"));
    kube.put(parent, makeParent("a", 2));
    await clock.settle();
    expect(seen).to.have.length(1);
  });

  it("finishes the key in work when it stops, and takes no other", async () => {
    let finished = false;
    behave = async () => {
      await new Promise<void>((resolve) => void clock.after(50, resolve));
      finished = true;
      return { kind: "done" };
    };
    kube.put(parent, makeParent("a"));
    kube.put(parent, makeParent("b"));
    await start({ maxConcurrent: 1 });
    stop.abort();
    await clock.advance(60);
    await running;
    expect(finished).to.equal(true);
    expect(seen).to.deep.equal(["ns/a"]);
  });

  it("keeps the number of its series however many objects come and go", async () => {
    await start();
    let before = 0;
    for (let index = 0; index < 1_000; index += 1) {
      kube.put(parent, makeParent(`p${index}`));
      kube.remove(parent, `ns/p${index}`);
      await clock.settle();
      if (index === 0) before = meter.seriesCount;
    }
    expect(meter.seriesCount).to.equal(before);
  });
});
