import { expect } from "chai";
import { conditionOf } from "../../support/product/conditions.ts";
import { readAdmissionReport } from "../../support/product/master-client.ts";
import { NAMESPACE } from "../../support/product/product.ts";
import { given } from "../../support/product/story.ts";
import { theProduct } from "../../support/product/use-product.ts";

const app = (name: string, spec: object): object => ({
  apiVersion: "orchestrator.io/v1alpha1",
  kind: "MarathonApp",
  metadata: { name },
  spec: { id: `/${name}`, cluster: "mesos", cmd: "sleep 1", ...spec },
});

const cluster = (spec: object): object => ({
  apiVersion: "orchestrator.io/v1alpha1",
  kind: "MesosCluster",
  metadata: { name: "refused" },
  spec,
});

const refused: Record<string, { given: string | object; says: RegExp }> = {
  "text that is no YAML": {
    given: "kind: [",
    says: /error (parsing|converting) YAML|yaml: line 1/,
  },
  "a field that does not exist": {
    given: app("refused", { instancez: 3 }),
    says: /unknown field "?spec\.instancez|\.spec\.instancez: field not declared/,
  },
  "a negative number of instances": {
    given: app("refused", { instances: -1 }),
    says: /spec\.instances.*greater than or equal to 0/,
  },
  "a word where a number belongs": {
    given: app("refused", { cpus: "plenty" }),
    says: /spec\.cpus/,
  },
  "an id with letters Marathon does not know": {
    given: app("refused", { id: "/Refused App" }),
    says: /spec\.id/,
  },
  "a guarantee above its limit": {
    given: cluster({
      roles: [{ name: "web", quota: { guarantees: { cpus: "4" }, limits: { cpus: "2" } } }],
    }),
    says: /a guarantee must not be above its limit/,
  },
  "a weight of nothing": {
    given: cluster({ roles: [{ name: "web", weight: "0" }] }),
    says: /weight must be above 0/,
  },
  "an election without its ZooKeeper": {
    given: cluster({ masters: { election: "ZooKeeper" } }),
    says: /masters\.election: ZooKeeper needs zookeeper/,
  },
};

describe("what a user gets wrong", function () {
  this.timeout(120_000);

  before(async function () {
    this.timeout(900_000);
    await theProduct();
  });

  for (const [name, { given: manifest, says }] of Object.entries(refused)) {
    it(`${name} is refused with the place and the reason`, async () => {
      const product = await theProduct();
      const { exitCode, stderr } = await product.apply(manifest);
      expect(exitCode).to.not.equal(0);
      expect(stderr).to.match(says);
    });
  }

  it("an app of a cluster that does not exist waits as NoSuchCluster, and starts when corrected", () =>
    given()
      .createdApp("homeless", { cluster: "elsewhere", instances: 1 })
      .then()
      .waitFor("it is stalled", 30, async ({ product }) => {
        const stalled = conditionOf(await product.app("homeless"), "Stalled");
        if (stalled?.reason !== "NoSuchCluster") return stalled?.reason;
        expect(stalled.message).to.contain("MesosCluster elsewhere does not exist");
        return true;
      })
      .when()
      .kubectl("patch", "ma", "homeless", "--type=merge", "-p", '{"spec":{"cluster":"mesos"}}')
      .then()
      .waitFor("it is Ready", 90, async ({ product }) => {
        const ready = conditionOf(await product.app("homeless"), "Ready");
        return ready?.status === "True" || ready?.reason;
      })
      .tell());

  it("of two apps with one id the younger one is told, and the older one runs on", () =>
    given()
      .app("first", { id: "/twice", instances: 1 })
      .when()
      .createdApp("second", { id: "/twice", instances: 1 })
      .then()
      .waitFor("the second is stalled", 30, async ({ product }) => {
        const stalled = conditionOf(await product.app("second"), "Stalled");
        if (stalled?.reason !== "DuplicateId") return stalled?.reason;
        expect(stalled.message).to.equal("MarathonApp first has this id and is older");
        return true;
      })
      .does(async ({ product }) => {
        expect(conditionOf(await product.app("first"), "Ready")?.status).to.equal("True");
        expect(product.ledger.ofApp("second")).to.deep.equal([]);
      })
      .tell());

  it("an app that no machine can hold says what is missing (MAR-08)", () =>
    given()
      .createdApp("giant", { cpus: 64, instances: 1 })
      .then()
      .waitFor("it waits", 60, async ({ product }) => {
        const ready = conditionOf(await product.app("giant"), "Ready");
        return ready?.reason === "WaitingForResources" || ready?.reason;
      })
      .waitFor("the master says for what, on every agent", 30, async ({ product }) => {
        const report = await readAdmissionReport(product.masters(), `${NAMESPACE}/giant`);
        const agents = product.bed.nodeNames.length;
        const short = report.funnel.find(({ reason }) => reason === "InsufficientCpus");
        return (report.waiting === 1 && short?.declined === agents) || JSON.stringify(report);
      })
      .tell());

  it("who may not, is told so and by whom: viewers, editors at the gate, deleters of what is in use", async () => {
    const product = await theProduct();
    const bind = (user: string, role: string): Promise<string> =>
      product.kubectl("create", "rolebinding", user, `--clusterrole=${role}`, `--user=${user}`);
    await bind("story-viewer", "view");
    await bind("story-editor", "edit");
    try {
      await product.waitFor("the viewer may read", 30, async () => {
        const seen = await product.tryKubectl("get", "ma", "--as=story-viewer");
        return seen.exitCode === 0 || seen.stderr;
      });
      const scale = await product.tryKubectl(
        "scale",
        "ma/web",
        "--replicas=5",
        "--as=story-viewer",
      );
      expect(scale.stderr).to.match(/forbidden.*story-viewer.*marathonapps/is);

      const pod = product.ledger.ofApp("web")[0]?.metadata.name ?? "";
      const charge = ["annotate", "pod", pod, "--overwrite", "orchestrator.io/role=batch"];
      const tampered = await product.tryKubectl(...charge, "--as=story-editor");
      expect(tampered.stderr).to.contain("only the pool's master changes");
    } finally {
      await product.kubectl("delete", "rolebinding", "story-viewer", "story-editor");
    }
  });

  it("a cluster in use is not deleted by a slip of the hand", () =>
    given()
      .framework({ name: "user", role: "batch", parallel: 1, cpus: 0.05, command: "sleep 60" })
      .waitFor("the cluster shows its framework", 30, async ({ product }) => {
        const { frameworks } = (await product.cluster())?.status ?? {};
        return (frameworks?.active ?? 0) > 0 || JSON.stringify(frameworks);
      })
      .when()
      .does(async ({ product }) => {
        const { exitCode, stderr } = await product.tryKubectl("delete", "mc", "mesos");
        expect(exitCode).to.not.equal(0);
        expect(stderr).to.contain("annotate it with orchestrator.io/confirm-delete=mesos");
      })
      .tell());

  it("Marathon's API answers a bad app with 422 and the path of the fault (MAR-02)", async () => {
    const product = await theProduct();
    const marathon = product.ledger
      .pods()
      .find(({ metadata }) => metadata.labels?.["app.kubernetes.io/name"] === "marathon");
    const answer = await fetch(`http://${marathon?.status?.podIP ?? ""}:8080/v2/apps`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ id: "/bad", cmd: "sleep 1", instances: -1 }),
    });
    const body = (await answer.json()) as { message: string; details: { path: string }[] };
    expect(answer.status, JSON.stringify(body)).to.equal(422);
    expect(body.details.map(({ path }) => path)).to.deep.equal(["/instances"]);
  });

  it("nothing of all that is left behind", async () => {
    const product = await theProduct();
    const names = await product.kubectl("get", "ma", "-o", "name", `--namespace=${NAMESPACE}`);
    expect(names).to.not.contain("refused");
  });
});
