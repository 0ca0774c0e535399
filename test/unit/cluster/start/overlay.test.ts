import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect } from "chai";
import { writeOverlay } from "../../../cluster/start/overlay.ts";

interface Kustomization {
  readonly resources: readonly string[];
  readonly images: readonly object[];
  readonly patches?: readonly { readonly patch: string }[];
}

describe("the kustomization that npm start applies", () => {
  let root = "";
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "overlay-"));
    mkdirSync(join(root, "config"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true });
  });

  const write = (runtime: string, node: string, hasOperator: boolean): Kustomization => {
    const folder = writeOverlay({
      folder: join(root, "run", "install"),
      base: join(root, "config"),
      images: { runtime, node },
      hasOperator,
    });
    return JSON.parse(readFileSync(join(folder, "kustomization.yaml"), "utf8")) as Kustomization;
  };

  it("names its base from where it lies, and puts tags and digests in", () => {
    const { resources, images, patches } = write("reg:5000/o:1", "reg/n@sha256:abc", false);
    expect(resources).to.deep.equal(["../../config"]);
    expect(images).to.deep.equal([
      { name: "localhost/orchestrator", newName: "reg:5000/o", newTag: "1" },
      { name: "localhost/orchestrator-node", newName: "reg/n", digest: "sha256:abc" },
    ]);
    expect(patches).to.equal(undefined);
  });

  it("gives an image without a version the tag that container runtimes mean by that", () => {
    expect(write("reg/o", "reg/n", false).images[0]).to.deep.include({ newTag: "latest" });
  });

  it("tells the operator the images of the pods it makes", () => {
    const [patch] = write("reg/o:1", "reg/n:1", true).patches ?? [];
    expect(patch?.patch).to.include('{"name":"ORCHESTRATOR_IMAGE","value":"reg/o:1"}');
    expect(patch?.patch).to.include('{"name":"ORCHESTRATOR_NODE_IMAGE","value":"reg/n:1"}');
  });
});
