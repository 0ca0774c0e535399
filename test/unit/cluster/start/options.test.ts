import { expect } from "chai";
import { ClusterError } from "../../../cluster/host/cluster-error.ts";
import {
  nodeImageOf,
  parseStartOptions,
  parseStopOptions,
  splitImage,
} from "../../../cluster/start/options.ts";

const existing = ["--kubeconfig", "/k"];

describe("options of npm start", () => {
  it("without any bring up two nodes under the name that npm run cluster uses, and stay attached", () => {
    expect(parseStartOptions([])).to.deep.equal({
      target: { kind: "own", name: "default", nodes: 2 },
      isDetached: false,
      isKept: false,
    });
  });

  it("take tier, nodes, name, detach and keep", () => {
    const argv = ["--tier", "nodes", "--nodes", "3", "--name", "mine", "--detach", "--keep"];
    expect(parseStartOptions(argv)).to.deep.equal({
      target: { kind: "own", name: "mine", nodes: 3, tier: "nodes" },
      isDetached: true,
      isKept: true,
    });
  });

  it("name the image with a shell after the other one unless told", () => {
    const parse = (...more: string[]): unknown => {
      const options = parseStartOptions([...existing, "--image", "reg:5000/o:1", ...more]);
      return options === "help" ? options : options.target;
    };
    expect(parse()).to.deep.equal({
      kind: "existing",
      kubeconfig: "/k",
      images: { runtime: "reg:5000/o:1", node: "reg:5000/o-node:1" },
    });
    expect(parse("--node-image", "reg/n:2")).to.deep.include({
      images: { runtime: "reg:5000/o:1", node: "reg/n:2" },
    });
  });

  it("give the usage when asked for help", () => {
    expect(parseStartOptions(["--help"])).to.equal("help");
  });

  const refused: readonly (readonly [string, readonly string[], RegExp])[] = [
    ["an unknown flag", ["--nodez", "3"], /--nodez/],
    ["a word that is no flag", ["up"], /up/],
    ["no nodes", ["--nodes", "0"], /number from 1 on, not "0"/],
    ["half a node", ["--nodes", "1.5"], /number from 1 on/],
    ["an unknown tier", ["--tier", "moon"], /no tier "moon"[^]*control-plane, nodes/],
    ["nodes in a tier without", ["--tier", "control-plane", "--nodes", "2"], /no real nodes/],
    ["an existing cluster without an image", existing, /needs --image/],
    ["a tier for an existing cluster", [...existing, "--image", "i", "--tier", "nodes"], /--tier/],
    ["a name for an existing cluster", [...existing, "--image", "i", "--name", "n"], /--name/],
    ["an image for our own cluster", ["--image", "i"], /--image goes with --kubeconfig/],
    ["a node image for our own cluster", ["--node-image", "i"], /--node-image goes with/],
  ];
  for (const [what, argv, message] of refused) {
    it(`refuse ${what}`, () => {
      expect(() => parseStartOptions(argv)).to.throw(ClusterError, message);
    });
  }
});

describe("options of npm stop", () => {
  it("are a name, or none for the usual one", () => {
    expect(parseStopOptions([])).to.equal("default");
    expect(parseStopOptions(["--name", "mine"])).to.equal("mine");
  });

  it("are nothing else", () => {
    expect(() => parseStopOptions(["--detach"])).to.throw(ClusterError, /not --detach/);
    expect(() => parseStopOptions(["--all"])).to.throw(ClusterError, /--all/);
  });
});

describe("names of images", () => {
  const cases: readonly (readonly [string, string, string])[] = [
    ["orchestrator", "orchestrator", ""],
    ["orchestrator:1.0", "orchestrator", ":1.0"],
    ["reg:5000/team/orchestrator", "reg:5000/team/orchestrator", ""],
    ["reg:5000/team/orchestrator:1.0", "reg:5000/team/orchestrator", ":1.0"],
    ["reg/o@sha256:abc", "reg/o", "@sha256:abc"],
  ];
  for (const [image, name, version] of cases) {
    it(`split ${image}`, () => {
      expect(splitImage(image)).to.deep.equal({ name, version });
      expect(nodeImageOf(image)).to.equal(`${name}-node${version}`);
    });
  }
});
