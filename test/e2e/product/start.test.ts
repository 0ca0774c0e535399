import { expect } from "chai";
import { printedTable } from "../../support/product/printed-table.ts";
import { NAMESPACE } from "../../support/product/product.ts";
import { given } from "../../support/product/story.ts";
import { theProduct } from "../../support/product/use-product.ts";

describe("what npm start installs", function () {
  this.timeout(120_000);

  before(async function () {
    // The first start builds binaries and images.
    this.timeout(900_000);
    await theProduct();
  });

  it("has one leading master, and an agent registered from each node (MES-01, MES-03, MES-46)", async () => {
    const product = await theProduct();
    await product.waitFor("an agent per node", 60, async () => {
      const { slaves } = await product.masterState();
      const active = slaves.filter((agent) => agent.active).map((agent) => agent.hostname);
      return active.sort().join(" ") === product.bed.nodeNames.join(" ") || active.join(" ");
    });
    const answers = await Promise.all(
      product.masters().map((master) => fetch(`${master}/master/state`, { redirect: "manual" })),
    );
    const statuses = answers.map(({ status }) => status).sort();
    expect(statuses, "one leads, the standby sends to it").to.deep.equal([200, 307]);
  });

  it("has every sample app Ready and its Rollout Healthy (GIT-13, GIT-21)", async () => {
    const product = await theProduct();
    for (const app of ["web", "worker"]) {
      const status = await product.argo("status", app, "--timeout", "60s");
      expect(status.trim(), app).to.equal("Healthy");
      expect(product.ledger.ofApp(app), `pods of ${app}`).to.have.length(2);
    }
  });

  it("restarted no container of ours on the way", async () => {
    const product = await theProduct();
    expect(product.restartedOnTheWay).to.deep.equal([]);
  });

  it("serves what the web sample serves, from both instances", async () => {
    const product = await theProduct();
    const addresses = product.ledger.ofApp("web").map(({ status }) => status?.podIP ?? "");
    expect(addresses).to.have.length(2);
    for (const address of addresses) {
      const answer = await fetch(`http://${address}:8080/`);
      expect(await answer.text()).to.match(/^hello from web-/);
    }
  });

  it("finishes the sample framework's job (MES-18, MES-32)", async () => {
    const product = await theProduct();
    await product.kubectl("wait", "job/short-tasks", "--for=condition=Complete", "--timeout=90s");
    const log = await product.kubectl("logs", "job/short-tasks");
    const finished = log.split("\n").filter((line) => line.includes("TASK_FINISHED"));
    expect(finished).to.have.length(12);
  });

  it("fills every column of kubectl get mc,ma -o wide", async () => {
    const product = await theProduct();
    const tables = {
      mesosclusters: { names: ["mesos"], mayBeEmpty: [] },
      // An app that has settled is in no deployment.
      marathonapps: { names: ["web", "worker"], mayBeEmpty: ["Deployment"] },
    } as const;
    for (const [plural, { names, mayBeEmpty }] of Object.entries(tables)) {
      // Counts may be seconds old.
      await product.waitFor(`${plural} are told`, 30, async () => {
        const table = await printedTable(product.kube, NAMESPACE, plural as keyof typeof tables);
        const empty = names.flatMap((name) => {
          const cells = Object.entries(table.get(name) ?? { row: null });
          return cells
            .filter(([column]) => !(mayBeEmpty as readonly string[]).includes(column))
            .filter(([, cell]) => cell === null || cell === "")
            .map(([column]) => `${name}: ${column}`);
        });
        return empty.length === 0 || empty.join(", ");
      });
    }
  });

  it("runs a task as a real Pod and reports its life in order (MES-28, MES-36, MES-47)", () =>
    given()
      .framework({
        name: "one-task",
        role: "batch",
        tasks: 1,
        parallel: 1,
        cpus: 0.05,
        command: "sleep 1",
      })
      .then()
      .does(async ({ framework, product }) => {
        const { book } = framework("one-task");
        await framework("one-task").finished(60);
        const [task] = book.entries();
        expect(task?.terminals).to.deep.equal(["TASK_FINISHED"]);
        const { states = [] } = task ?? {};
        const changes = states.filter((state, at) => state !== states[at - 1]);
        expect(changes).to.deep.equal(["TASK_STARTING", "TASK_RUNNING", "TASK_FINISHED"]);
        expect(product.ledger.countOfTask(framework("one-task").id, task?.taskId ?? "")).to.equal(
          1,
        );
      })
      .tell());
});
