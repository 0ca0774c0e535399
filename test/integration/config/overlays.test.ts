import { expect } from "chai";
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseAllDocuments } from "yaml";
import { ensureBinaries } from "../../cluster/binaries/ensure-binaries.ts";
import { repositoryRoot } from "../../cluster/host/orchestrator-folders.ts";

interface Container {
  readonly name: string;
  readonly image: string;
  readonly env?: readonly { readonly name: string; readonly value?: string }[];
}
interface Rendered {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec?: { readonly template?: { readonly spec: { readonly containers: Container[] } } };
}

describe("overlays of config/", function () {
  this.timeout(60_000);
  let kubectl: string;
  before(async function () {
    this.timeout(300_000);
    kubectl = (await ensureBinaries(["kubernetes"])).path("kubectl");
  });

  async function render(folder: string): Promise<readonly Rendered[]> {
    const path = join(repositoryRoot, "config", folder);
    const { stdout } = await promisify(execFile)(kubectl, ["kustomize", path], {
      maxBuffer: 2 ** 26,
    });
    return parseAllDocuments(stdout).map((document) => document.toJS() as Rendered);
  }
  const containers = (objects: readonly Rendered[]): Container[] =>
    objects.flatMap(({ spec }) => spec?.template?.spec.containers ?? []);
  const environment = (container: Container | undefined): Record<string, string | undefined> =>
    Object.fromEntries((container?.env ?? []).map(({ name, value }) => [name, value]));

  it("the example names its images everywhere: containers, and pods that the operator makes", async () => {
    const rendered = containers(await render("overlays/example"));
    expect(rendered.map(({ name }) => name)).to.have.members(["operator", "master", "marathon"]);
    for (const { image } of rendered) {
      expect(image).to.equal("registry.example/orchestrator:0.1.0");
    }
    expect(environment(rendered.find(({ name }) => name === "operator"))).to.include({
      ORCHESTRATOR_IMAGE: "registry.example/orchestrator:0.1.0",
      ORCHESTRATOR_NODE_IMAGE: "registry.example/orchestrator-node:0.1.0",
    });
  });

  it("the base gives each container of the operator the heap of its own limit", async () => {
    const rendered = containers(await render("default"));
    const heaps = rendered.map((one) => `${one.name} ${environment(one)["NODE_OPTIONS"]}`);
    expect(heaps).to.have.members([
      "operator --max-old-space-size=384 --max-semi-space-size=8",
      "master --max-old-space-size=768 --max-semi-space-size=8",
      "marathon --max-old-space-size=288 --max-semi-space-size=8",
    ]);
  });

  it("for processes outside the cluster there are kinds, roles and policies, and no workloads", async () => {
    const kinds = (await render("host")).map(({ kind }) => kind);
    expect(kinds).to.include.members(["ClusterRole", "ValidatingAdmissionPolicy", "Namespace"]);
    for (const absent of ["Deployment", "Rollout", "PodDisruptionBudget", "NetworkPolicy"]) {
      expect(kinds).to.not.include(absent);
    }
  });
});
