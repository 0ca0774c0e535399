import { expect } from "chai";
import { OperatingError } from "../../../../src/api/errors/operating-error.ts";
import type { ErrorCode } from "../../../../src/api/errors/table.ts";
import { Informers } from "../../../../src/runtime/informer/informers.ts";
import type { Informer } from "../../../../src/runtime/informer/informer.ts";
import { byLabel, byOwnerUid } from "../../../../src/runtime/informer/indexes.ts";
import { KINDS } from "../../../../src/runtime/kube/core-kinds.ts";
import { keyOf, type KubeObject } from "../../../../src/runtime/kube/kube-object.ts";
import { FakeKube } from "../../../support/kubernetes/fake-kube.ts";
import { RecordingLogger } from "../../../support/recording-logger.ts";
import { RecordingMeter } from "../../../support/recording-meter.ts";
import { SeededRandom } from "../../../support/seeded-random.ts";
import { VirtualClock } from "../../../support/virtual-clock.ts";

interface ConfigMap extends KubeObject {
  readonly data?: Readonly<Record<string, string>>;
}

const kind = KINDS.ConfigMap;
const gvk = "v1/ConfigMap";
const appLabel = byLabel("app");
const configMap = (name: string, value = "1", labels: Record<string, string> = {}): ConfigMap => ({
  metadata: { name, namespace: "ns", labels },
  data: { value },
});

describe("informers", () => {
  let kube: FakeKube;
  let clock: VirtualClock;
  let meter: RecordingMeter;
  let logger: RecordingLogger;
  let informers: Informers;
  let informer: Informer<ConfigMap>;
  let told: string[];
  let stop: AbortController;

  beforeEach(() => {
    kube = new FakeKube();
    clock = new VirtualClock();
    meter = new RecordingMeter();
    logger = new RecordingLogger();
    informers = new Informers({
      reader: kube,
      clock,
      random: new SeededRandom(3),
      logger,
      meter,
      freeze: true,
    });
    informer = informers.of<ConfigMap>({ kind }, { indexes: { app: appLabel, owner: byOwnerUid } });
    told = [];
    informer.onChange((change) => {
      const { data } = change.object;
      const first = change.kind === "added" && change.initial ? " first" : "";
      told.push(`${change.kind}${first} ${change.object.metadata.name}=${data?.["value"] ?? ""}`);
    });
    stop = new AbortController();
  });
  afterEach(async () => {
    stop.abort();
    await clock.settle();
    await informers.stopped();
  });

  async function start(): Promise<void> {
    const starting = informers.start(stop.signal);
    await clock.settle();
    await starting;
  }
  const relists = (reason: string): number =>
    meter.value("orchestrator_relists_total", { gvk, reason });
  const failOnce = (verb: string, code: ErrorCode, details = {}): void => {
    kube.intercept = (call) => {
      if (call.verb !== verb) return;
      kube.intercept = undefined;
      throw new OperatingError(code, "made by the test", { details });
    };
  };

  it("learns what exists by one streaming list and then follows every change", async () => {
    kube.put(kind, configMap("a"));
    await start();
    kube.put(kind, configMap("b"));
    kube.put(kind, configMap("a", "2"));
    kube.remove(kind, "ns/b");
    await clock.settle();
    expect(told).to.deep.equal(["added first a=1", "added b=1", "updated a=2", "deleted b=1"]);
    expect(kube.calls.map(({ verb }) => verb)).to.deep.equal(["watch"]);
    expect(relists("first")).to.equal(1);
  });

  it("reads pages from a server that knows no streaming list", async () => {
    kube.canStreamList = false;
    for (let index = 0; index < 1_100; index += 1) kube.put(kind, configMap(`c${index}`));
    await start();
    expect([...informer.list()]).to.have.length(1_100);
    expect(kube.calls.map(({ verb }) => verb)).to.deep.equal([
      "watch",
      "list",
      "list",
      "list",
      "watch",
    ]);
  });

  it("lists without pages when continuations expire three times", async () => {
    kube.canStreamList = false;
    for (let index = 0; index < 600; index += 1) kube.put(kind, configMap(`c${index}`));
    let lists = 0;
    kube.intercept = ({ verb }) => {
      if (verb === "list" && ++lists % 2 === 0 && lists <= 8) {
        throw new OperatingError("KUBE_GONE", "the continuation expired");
      }
    };
    await start();
    expect([...informer.list()]).to.have.length(600);
    expect(lists).to.equal(9);
  });

  it("goes on from the last version when a watch ends, without a list", async () => {
    await start();
    kube.put(kind, configMap("a"));
    await clock.settle();
    kube.endWatches();
    kube.put(kind, configMap("b"));
    await clock.advance(0);
    expect(told).to.deep.equal(["added a=1", "added b=1"]);
    expect(relists("first") + relists("gone")).to.equal(1);
  });

  it("backs off when two watches end within a second", async () => {
    await start();
    kube.endWatches();
    await clock.settle();
    expect(kube.openWatches).to.equal(1);
    kube.endWatches();
    await clock.settle();
    expect(kube.openWatches).to.equal(0);
    await clock.advance(800);
    expect(kube.openWatches).to.equal(1);
  });

  for (const code of [
    "KUBE_UNAVAILABLE",
    "KUBE_TIMEOUT",
    "KUBE_FORBIDDEN",
    "KUBE_UNAUTHORIZED",
    "KUBE_PROTOCOL",
    "KUBE_NOT_FOUND",
  ] as const) {
    it(`never gives up: ${code} is tried again within 0.8 s, without a new list`, async () => {
      await start();
      kube.breakWatches(code);
      await clock.settle();
      expect(kube.openWatches).to.equal(0);
      kube.put(kind, configMap("meanwhile"));
      await clock.advance(800);
      expect(told).to.deep.equal(["added meanwhile=1"]);
      expect(relists("gone")).to.equal(0);
    });
  }

  it("waits at most 30 s between attempts while the server is away, and recovers", async () => {
    await start();
    kube.intercept = () => {
      throw new OperatingError("KUBE_UNAVAILABLE", "refused");
    };
    kube.breakWatches("KUBE_UNAVAILABLE");
    await clock.advance(600_000);
    const before = kube.calls.length;
    await clock.advance(300_000);
    expect(kube.calls.length - before).to.be.at.least(10);
    kube.intercept = undefined;
    kube.put(kind, configMap("a"));
    await clock.advance(30_000);
    expect(told).to.deep.equal(["added a=1"]);
  });

  it("waits as long as a throttling server asks", async () => {
    await start();
    failOnce("watch", "KUBE_THROTTLED", { retryAfterMs: 7_000 });
    kube.endWatches();
    await clock.advance(6_999);
    expect(kube.openWatches).to.equal(0);
    await clock.advance(1);
    expect(kube.openWatches).to.equal(1);
  });

  it("lists anew when the server has forgotten the version, and tells only differences", async () => {
    kube.put(kind, configMap("same"));
    kube.put(kind, configMap("changed"));
    kube.put(kind, configMap("gone"));
    const old = kube.put(kind, configMap("replaced"));
    await start();
    told.length = 0;
    kube.endWatches();
    kube.put(kind, configMap("changed", "2"));
    kube.remove(kind, "ns/gone");
    kube.remove(kind, "ns/replaced");
    kube.put(kind, configMap("replaced", "2"));
    kube.compact();
    await clock.advance(800);
    expect(told.sort()).to.deep.equal([
      "added replaced=2",
      "deleted gone=1",
      "deleted replaced=1",
      "updated changed=2",
    ]);
    expect(informer.get("ns/replaced")?.metadata.uid).not.to.equal(old.metadata.uid);
    expect(relists("gone")).to.equal(1);
  });

  it("replaces a watch that has been silent for 150 s (half-open connection)", async () => {
    await start();
    kube.intercept = undefined;
    await clock.advance(149_000);
    expect(kube.calls).to.have.length(1);
    await clock.advance(2_000);
    expect(kube.calls.map(({ verb }) => verb)).to.deep.equal(["watch", "watch"]);
    expect(relists("gone")).to.equal(0);
  });

  it("stays with a watch that sends bookmarks, and goes on from the last of them", async () => {
    await start();
    for (let minute = 0; minute < 5; minute += 1) {
      kube.put(KINDS.Secret, { metadata: { name: `s${minute}`, namespace: "ns" } });
      kube.bookmark();
      await clock.advance(60_000);
    }
    expect(kube.calls).to.have.length(1);
    kube.compact();
    kube.endWatches();
    await clock.advance(1_000);
    expect(relists("gone")).to.equal(0);
  });

  it("drops what is older than what it knows", async () => {
    await start();
    const first = kube.put(kind, configMap("a"));
    kube.put(kind, configMap("a", "2"));
    await clock.settle();
    kube.endWatches();
    kube.intercept = undefined;
    await clock.settle();
    (informer as unknown as { upsert: (object: KubeObject) => void }).upsert(first);
    expect(informer.get("ns/a")?.data).to.deep.equal({ value: "2" });
  });

  it("skips a handler that throws, counts it, and serves the others", async () => {
    informer.onChange(() => {
      throw new Error("broken handler");
    });
    await start();
    kube.put(kind, configMap("a"));
    await clock.settle();
    expect(told).to.deep.equal(["added a=1"]);
    expect(meter.value("orchestrator_informer_handler_errors_total", { gvk })).to.equal(1);
  });

  it("finds objects by label and by owner, also after they moved", async () => {
    const owner = { apiVersion: "v1", kind: "ConfigMap", name: "o", uid: "u1", controller: true };
    const owned = configMap("owned", "1", { app: "x" });
    kube.put(kind, { ...owned, metadata: { ...owned.metadata, ownerReferences: [owner] } });
    await start();
    const names = (objects: readonly KubeObject[]): string[] => objects.map(keyOf);
    expect(names(informer.byIndex("app", "x"))).to.deep.equal(["ns/owned"]);
    expect(names(informer.byIndex("owner", "u1"))).to.deep.equal(["ns/owned"]);
    kube.put(kind, configMap("owned", "1", { app: "y" }));
    await clock.settle();
    expect(informer.byIndex("app", "x")).to.deep.equal([]);
    expect(names(informer.byIndex("app", "y"))).to.deep.equal(["ns/owned"]);
    expect(informer.byIndex("owner", "u1")).to.deep.equal([]);
  });

  it("shares one watch between all who ask for the same selection", () => {
    expect(informers.of({ kind })).to.equal(informer);
    expect(informers.of({ kind, namespace: "other" })).not.to.equal(informer);
  });

  it("tells everything again every ten hours or so", async () => {
    kube.put(kind, configMap("a"));
    await start();
    told.length = 0;
    const beat = setIntervalOn(clock, 60_000, () => kube.bookmark(), stop.signal);
    await clock.advance(11 * 3_600_000);
    beat();
    expect(told).to.deep.equal(["resync a=1"]);
  }).timeout(20_000);

  it("keeps objects frozen under test, without field sets and kubectl's copy", async () => {
    const { metadata, ...rest } = configMap("a");
    const annotations = { "kubectl.kubernetes.io/last-applied-configuration": "{}", mine: "1" };
    const managedFields = [{ manager: "kubectl", operation: "Update" as const, fieldsV1: {} }];
    kube.put(kind, { ...rest, metadata: { ...metadata, annotations, managedFields } });
    await start();
    const cached = informer.get("ns/a")!;
    expect(cached.metadata.annotations).to.deep.equal({ mine: "1" });
    expect(cached.metadata.managedFields).to.deep.equal([
      { manager: "kubectl", operation: "Update" },
    ]);
    expect(Object.isFrozen(cached.data)).to.equal(true);
  });

  it("names kind and cause when a cache is not complete after two minutes", async () => {
    kube.intercept = () => {
      throw new OperatingError("KUBE_FORBIDDEN", "configmaps is forbidden");
    };
    const starting = informers.start(stop.signal).catch((error: unknown) => error);
    await clock.advance(120_000);
    const error = (await starting) as OperatingError;
    expect(error.code).to.equal("KUBE_FORBIDDEN");
    expect(error.message).to.contain("v1/ConfigMap").and.to.contain("configmaps is forbidden");
  });
});

function setIntervalOn(
  clock: VirtualClock,
  everyMs: number,
  act: () => void,
  signal: AbortSignal,
): () => void {
  let over = false;
  const next = (): void => {
    if (over || signal.aborted) return;
    act();
    clock.after(everyMs, next);
  };
  next();
  return () => (over = true);
}
