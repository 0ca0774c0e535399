import { expect } from "chai";
import { busyboxImage } from "../../cluster/index.ts";
import { conditionOf } from "../../support/product/conditions.ts";
import { isReady } from "../../support/product/kube-shapes.ts";
import { given, type Story, type StoryWorld } from "../../support/product/story.ts";
import { theProduct } from "../../support/product/use-product.ts";
import type { Verdict } from "../../support/product/verdict.ts";

const HALF_THEN_PAUSE = { strategy: "Canary", steps: [{ setWeight: 50 }, { pause: {} }] };
const SETTLED_SECONDS = 90;

const phaseIs =
  (app: string, wanted: string) =>
  async ({ product }: StoryWorld): Promise<Verdict> => {
    const phase = (await product.rollout(app))?.status?.phase;
    return phase === wanted || phase;
  };

const isAppReady =
  (app: string) =>
  async ({ product }: StoryWorld): Promise<Verdict> => {
    const found = await product.app(app);
    const ready = conditionOf(found, "Ready");
    const isSeen =
      ready?.status === "True" && found?.status?.observedGeneration === found?.metadata.generation;
    return isSeen || `${ready?.reason ?? "?"} ${ready?.message ?? ""}`;
  };

/** Ready pods by the hash of their template. */
function readyByHash(app: string, { product }: StoryWorld): Map<string, number> {
  const counts = new Map<string, number>();
  for (const pod of product.ledger.ofApp(app).filter(isReady)) {
    const hash = pod.metadata.labels?.["rollouts-pod-template-hash"] ?? "";
    counts.set(hash, (counts.get(hash) ?? 0) + 1);
  }
  return counts;
}

/** The app with a changed command, half of it rolled out, waiting for a person. */
function pausedHalfWay(app: string): Story {
  return given()
    .app(app, { rollout: HALF_THEN_PAUSE })
    .when()
    .kubectl("patch", "ma", app, "--type=merge", "-p", '{"spec":{"cmd":"exec sleep 86401"}}')
    .waitFor("the rollout pauses half way", SETTLED_SECONDS, phaseIs(app, "Paused"))
    .waitFor("one old and one new instance serve", SETTLED_SECONDS, (world) => {
      const counts = [...readyByHash(app, world).values()];
      return (counts.length === 2 && counts.every((count) => count === 1)) || counts.join("+");
    });
}

describe("what an Argo user does with an app of the pool", function () {
  this.timeout(240_000);

  before(async function () {
    this.timeout(900_000);
    await theProduct();
  });

  it("kubectl scale ma: every new instance is admitted by the master (MAR-03)", () =>
    given()
      .app("scaled", { instances: 1 })
      .when()
      .kubectl("scale", "ma/scaled", "--replicas=3")
      .then()
      .waitFor("three instances are ready", SETTLED_SECONDS, ({ product }) => {
        const ready = product.ledger.ofApp("scaled").filter(isReady).length;
        return ready === 3 || ready.toString();
      })
      .waitFor("the app says so", 30, async ({ product }) => {
        const { tasks } = (await product.app("scaled"))?.status ?? {};
        return tasks?.running === 3 || JSON.stringify(tasks);
      })
      .does(({ product }) => {
        for (const { metadata, spec } of product.ledger.ofApp("scaled")) {
          expect(spec.schedulingGates ?? [], metadata.name).to.deep.equal([]);
          expect(metadata.annotations).to.include.keys("orchestrator.io/admitted");
        }
      })
      .tell());

  it("promote: the rest follows, and the operator leaves the rollout to Argo (MAR-10, GIT-13)", () =>
    pausedHalfWay("promoted")
      .argo("promote", "promoted")
      .then()
      .waitFor("all run the new command", SETTLED_SECONDS, (world) => {
        const counts = [...readyByHash("promoted", world).values()];
        return (counts.length === 1 && counts[0] === 2) || counts.join("+");
      })
      .waitFor("the rollout is Healthy", SETTLED_SECONDS, phaseIs("promoted", "Healthy"))
      .waitFor("the app is Ready", 30, isAppReady("promoted"))
      .tell());

  it("abort: the old version serves on, and the app says who must act; undo ends it (MAR-12, GIT-12)", () =>
    pausedHalfWay("aborted")
      .argo("abort", "aborted")
      .then()
      .waitFor("only the old instances serve", SETTLED_SECONDS, (world) => {
        const counts = [...readyByHash("aborted", world).values()];
        return (counts.length === 1 && counts[0] === 2) || counts.join("+");
      })
      .waitFor("the app is stalled as RolloutAborted", 30, async ({ product }) => {
        const stalled = conditionOf(await product.app("aborted"), "Stalled");
        return stalled?.reason === "RolloutAborted" || stalled?.reason;
      })
      .when()
      .argo("undo", "aborted")
      .then()
      .waitFor("the app takes the old command back", 30, async ({ product }) => {
        const { cmd } = (await product.app("aborted"))?.spec ?? {};
        return cmd === "exec sleep 86400" || cmd;
      })
      .waitFor("the app is Ready", SETTLED_SECONDS, isAppReady("aborted"))
      .tell());

  it("set image: the app adopts it and rolls once (EXT-MAR-02)", () =>
    given()
      .app("image", { instances: 1 })
      .when()
      .argo("set", "image", "image", `app=${busyboxImage}`)
      .then()
      .waitFor("the app has the image", 30, async ({ product }) => {
        const image = (await product.app("image"))?.spec.container?.docker?.image;
        return image === busyboxImage || image;
      })
      .waitFor("an instance runs it", SETTLED_SECONDS, ({ product }) => {
        const images = product.ledger
          .ofApp("image")
          .filter(isReady)
          .map(({ spec }) => spec.containers[0]?.image);
        return (images.length === 1 && images[0] === busyboxImage) || images.join(" ");
      })
      .waitFor("the app is Ready", SETTLED_SECONDS, isAppReady("image"))
      .does(async ({ product }) => {
        const selector = "--selector=marathon.orchestrator.io/app=image";
        const sets = await product.kubectl("get", "replicaset", selector, "-o", "name");
        expect(sets.trim().split("\n")).to.have.length(2);
      })
      .tell());
});
