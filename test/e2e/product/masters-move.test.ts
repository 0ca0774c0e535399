import { expect } from "chai";
import { conditionOf } from "../../support/product/conditions.ts";
import { isReady } from "../../support/product/kube-shapes.ts";
import type { Product } from "../../support/product/product.ts";
import { given, type StoryWorld } from "../../support/product/story.ts";
import { theProduct } from "../../support/product/use-product.ts";
import type { Verdict } from "../../support/product/verdict.ts";

const TASKS = {
  name: "movers",
  role: "batch",
  parallel: 4,
  cpus: 0.02,
  command: "exec sleep 86400",
} as const;

function merge(spec: object): readonly string[] {
  return ["patch", "mc", "mesos", "--type=merge", "-p", JSON.stringify({ spec })];
}

/** Ready for the spec as it is now, with a leader among the pods that `leads` accepts. */
async function isServedBy(product: Product, leads: (pod: string) => boolean): Promise<Verdict> {
  const cluster = await product.cluster();
  const ready = conditionOf(cluster, "Ready");
  if (cluster?.status?.observedGeneration !== cluster?.metadata.generation) return "not seen yet";
  if (ready?.status !== "True") return `${ready?.reason ?? "?"}: ${ready?.message ?? ""}`;
  const leader = cluster?.status?.leader?.pod ?? "";
  return leads(leader) ? true : `${leader} leads`;
}

const isDedicated = (pod: string): boolean => pod.startsWith("mesos-master-");

function running(world: StoryWorld): Verdict {
  const count = world
    .framework(TASKS.name)
    .book.entries()
    .filter((task) => task.terminals.length === 0).length;
  return count === TASKS.parallel ? true : `${count} tasks run`;
}

describe("masters move between the operator's pods and pods of their own", function () {
  this.timeout(600_000);
  before(async function () {
    this.timeout(900_000);
    await theProduct();
  });

  it("keeps every task while they move there, are rolled, and move back (MES-01, HA-16)", () =>
    given()
      .framework(TASKS)
      .waitFor("its tasks run", 60, running)
      .when()
      .kubectl(...merge({ masters: { placement: "Dedicated", replicas: 3 } }))
      .then()
      .waitFor("a master of their own leads", 180, ({ product }) =>
        isServedBy(product, isDedicated),
      )
      .does(async ({ product }) => {
        const cluster = await product.cluster();
        const members = cluster?.status?.masters?.members ?? [];
        expect(members.filter(({ role }) => role === "Leader")).to.have.length(1);
        expect(members.map(({ ready }) => ready)).to.deep.equal([true, true, true]);
        const marked = product.ledger
          .pods()
          .filter(({ metadata }) => metadata.labels?.["orchestrator.io/leader"] === "true");
        expect(marked.map(({ metadata }) => metadata.name)).to.deep.equal([
          cluster?.status?.leader?.pod,
        ]);
      })
      .waitFor("both nodes' agents are back", 60, async ({ product }) => {
        const { activated_slaves: active } = await product.masterState();
        return active === product.bed.nodeNames.length || `${active} agents`;
      })
      .when()
      .kubectl(
        "annotate",
        "mc",
        "mesos",
        `orchestrator.io/restart-at=${new Date(Date.now()).toISOString()}`,
        "--overwrite",
      )
      .then()
      .waitFor("all masters and agents run the new template", 300, async ({ product }) => {
        const { status } = (await product.cluster()) ?? {};
        const { masters, agents } = status ?? {};
        const rolled = masters?.updated === 3 && agents?.updated === product.bed.nodeNames.length;
        if (!rolled) return `${masters?.updated} masters, ${agents?.updated} agents updated`;
        return isServedBy(product, isDedicated);
      })
      .when()
      .kubectl(...merge({ masters: { placement: "Sidecar" } }))
      .then()
      .waitFor("a sidecar leads", 180, ({ product }) =>
        isServedBy(product, (pod) => pod.startsWith("orchestrator-operator-")),
      )
      .waitFor("the StatefulSet is gone", 60, async ({ product }) => {
        const { exitCode } = await product.tryKubectl("get", "statefulset", "mesos-master");
        return exitCode !== 0 || "still there";
      })
      .waitFor("both nodes' agents are back", 60, async ({ product }) => {
        const { activated_slaves: active } = await product.masterState();
        return active === product.bed.nodeNames.length || `${active} agents`;
      })
      .does(({ product, framework }) => {
        const { book, id } = framework(TASKS.name);
        const ended = book.entries().filter((task) => task.terminals.length > 0);
        expect(ended, "no task ended").to.deep.equal([]);
        for (const { taskId } of book.entries()) {
          expect(product.ledger.countOfTask(id, taskId), taskId).to.equal(1);
        }
        const apps = ["web", "worker"].flatMap((app) => product.ledger.ofApp(app));
        expect(apps.filter(isReady)).to.have.length(4);
      })
      .tell());
});
